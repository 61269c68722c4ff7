"""The certificate authority that all nodes of the simulated swarm trust.

Made for this file; its key was never written anywhere.
"""

TRUST_ROOT = """\
-----BEGIN CERTIFICATE-----
MIIBfDCCASGgAwIBAgIULlzgzHtNlTjq9KW9yCWVrWY9500wCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc3dhcm0tY2EwHhcNMjYxMTIyMjMyNjQwWhcNNDYxMTE3MjMy
NjQwWjATMREwDwYDVQQDDAhzd2FybS1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABOl3TWWHfFY5o0D6xzjFgL+BcIuNqk1g1qwVCgAxONTsGbUvZs8tMtgjl34E
EC+z5/wy6aRbM85xUX55i+wSlHCjUzBRMB0GA1UdDgQWBBQRWfXhCSVCEusz4KSb
SYybY76HIDAfBgNVHSMEGDAWgBQRWfXhCSVCEusz4KSbSYybY76HIDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCsEZgGjtKOmG/bWk7HqodSMMRs
sH8HI7wY1zoZoStwyQIhALsmEh4KgHrP9ADvrBsKkJrVEzr/1xwbJeoJT/fvmg9i
-----END CERTIFICATE-----
"""

TLS_INFO = {
    "TrustRoot": TRUST_ROOT,
    "CertIssuerSubject": "MBMxETAPBgNVBAMMCHN3YXJtLWNh",
    "CertIssuerPublicKey": (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6XdNZYd8VjmjQPrHOMWAv4Fwi42q"
        "TWDWrBUKADE41OwZtS9mzy0y2COXfgQQL7Pn/DLppFszznFRfnmL7BKUcA=="
    ),
}
"""As in a node's description and in the cluster's."""
