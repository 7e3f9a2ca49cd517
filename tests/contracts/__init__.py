"""What every implementation of an interface must do; each inherits its suite in one line."""
