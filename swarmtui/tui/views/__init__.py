"""The screens: each a widget that shows a picture and posts what the user asks for."""
