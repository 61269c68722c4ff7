"""The dashboard: panes that show a picture and post what the user asks for."""
