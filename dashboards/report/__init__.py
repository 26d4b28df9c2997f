"""The yearly chapter of the welfare report: composed once, written as PDF, DOCX and HTML.

Here belongs: what the chapter says (`chapter` and the modules of its sections), what it is made of (`document`), its
pictures and the three ways of writing it. Not here: reading an edition (`data`), the words of single figures
(`sentences`, `term_words`).
"""
