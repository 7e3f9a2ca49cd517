"""How the built-in encoder was made: `python -m vision.training --help`. Nothing at run time imports it."""
