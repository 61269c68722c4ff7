"""Names of machines: coined ones, and some that mean harm."""

from random import Random

_ADJECTIVES = (  # noqa: SIM905  # a list of words is read as text
    "agile amber ample arctic awake bashful bold brave breezy bright brisk calm candid chilly "
    "civil clever coastal cosy crafty crisp curious daring dapper deep distant dreamy eager early "
    "earnest fabled faint famous fearless fiery fleet fond frosty gentle giddy glad golden gritty "
    "hardy hasty hidden hollow humble idle jaunty jolly keen kindly late lively lofty lone loyal "
    "lucid lunar mellow merry mighty misty modest nimble noble northern odd patient pensive placid "
    "plucky polite proud quaint quick quiet rapid rosy rugged rustic sandy serene shy silent "
    "silver sleepy solar solemn spry stark steady stoic sunny swift tender tidy wary"
).split()
_ANIMALS = (  # noqa: SIM905
    "adder alpaca badger bat beaver bison bittern boar bobcat buzzard camel caribou carp cheetah "
    "civet cobra condor coot cougar coyote crab crane cricket crow curlew deer dingo dolphin "
    "dormouse dove duck eagle egret eider elk ermine falcon ferret finch fox gannet gazelle gecko "
    "gibbon goat goose grebe grouse gull hare harrier hawk heron hoopoe hornet ibex ibis impala "
    "jackal jackdaw jaguar jay kestrel kite koala lark lemur leopard linnet lizard llama lynx "
    "magpie mallard marmot marten merlin mink mole moose moth newt nightjar ocelot okapi oriole "
    "osprey otter owl panda petrel pika plover puffin puma quail raven robin rook seal shrike "
    "skua snipe stoat stork swan swift tapir teal tern thrush toad trout viper vole walrus weasel "
    "whale wolf wombat wren yak zebra"
).split()

HOSTILE = (
    "[bold red]alarm[/]",
    "[/unbalanced",
    "\x1b[2J\x1b[31mwiped",
    "\x1b]0;owned\x07title",
    "tab\tand\nnewline",
    "nul\x00bell\x07back\x08",
    "\u202egnp.exe\u202c",
    "\u05e9\u05e8\u05ea-\u05d0\u05d7\u05d3",
    "\u4f60\u597d-\u4e16\u754c-\u8282\u70b9",
    "e\u0301\u0323\u0330zalgo\u0489",
    "\U0001f469\u200d\U0001f4bb-laptop",
    "x" * 300,
    '"quoted\\" {{.Hostname}} $(reboot)',
    "   ",
)
"""Words that break careless programs: markup, escapes, controls, direction, width, length."""


def coined(wanted: int, chance: Random) -> list[str]:
    """Return `wanted` different names such as `quiet-heron`, up to about 12,000."""
    pairs = chance.sample(range(len(_ADJECTIVES) * len(_ANIMALS)), wanted)
    return [
        f"{_ADJECTIVES[pair % len(_ADJECTIVES)]}-{_ANIMALS[pair // len(_ADJECTIVES)]}"
        for pair in pairs
    ]
