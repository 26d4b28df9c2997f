def show_interface(s): pass
def show_questions(s): pass
def show_reports(s): pass
