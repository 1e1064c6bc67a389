"""Problems that show only when cells are seen together: each check a small function of submissions and clocks.

Modules, in the order of their imports:

    sight         one table of several committees, with the places of its cells
    figures       figures with each other: of years, of a part and its whole, of a roll
    periods       days with the phase and its periods
    prose         texts with the tables
    cross_checks  all of them, and those of single tables
"""
