"""New ids: nobody is given one twice, in no process, and those in order are in order."""

import os
from datetime import timedelta

from gateway.ids import new_id, new_id_in_order
from tests.resolvers.world import NOW


def test_no_id_is_made_twice() -> None:
    """Also where chance is taken anew in between."""
    made = [new_id() for _ in range(5000)] + [new_id_in_order(NOW) for _ in range(5000)]
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {32}


def test_a_forked_process_makes_none_of_its_parents() -> None:
    """It begins with chance of its own."""
    new_id()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, "".join(new_id() for _ in range(50)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(reading, 50 * 32).decode()
    os.close(reading)
    os.close(writing)
    theirs = {told[start : start + 32] for start in range(0, len(told), 32)}
    assert len(theirs) == 50
    assert theirs.isdisjoint(new_id() for _ in range(200))


def test_ids_in_order_sort_by_their_time() -> None:
    """So that what is kept by them is written side by side."""
    made = [new_id_in_order(NOW + timedelta(milliseconds=number)) for number in (-1, 0, 1, 10**12)]
    assert made == sorted(made)
