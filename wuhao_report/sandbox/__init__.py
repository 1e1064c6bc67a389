"""Work in a process that can be lost: takes a function and its arguments, gives its result, or says why the process was
lost.

pebble 5.2 and loky 3.7 were tried in place of our own processes. A first call took 200 ms from a cold start with either and 100 ms with
ours. pebble takes all the items of a map before it gives the first result (2,000 of 2,000), knows no limit of memory where the system
sets none (Windows), and starts its processes as multiprocessing does, from the caller's main module. With loky one process that is lost
costs every call of the pool (6 of 6), and a call has no limit of time. So the processes stay our own.

Modules, in the order of their imports:

    ties      a process ends with the one that started it
    worker    the process's own side
    call      one call, or one after another in a process that is kept
    pool      one function for many arguments
"""
