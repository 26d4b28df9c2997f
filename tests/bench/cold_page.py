def show_cold(w): pass
