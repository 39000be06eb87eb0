"""Where lines leave: none is lost, none is torn, and what an operator must know does not wait."""

import asyncio
import io
import sys
import threading

from gateway.outlet import Outlet


class Pieces(io.StringIO):
    """A file that knows what was written into it at once."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.is_written = asyncio.Event()

    def write(self, text: str) -> int:
        """Keep it, and apart from what else is written."""
        self.pieces.append(text)
        self.is_written.set()
        return super().write(text)


async def test_lines_of_requests_leave_together_in_their_order() -> None:
    """In a moment, and by themselves."""
    file = Pieces()
    outlet = Outlet(file)
    for number in range(5):
        outlet.info(str(number))
    assert not file.pieces
    await asyncio.wait_for(file.is_written.wait(), 10)
    assert file.pieces == ["0\n1\n2\n3\n4\n"]


async def test_a_warning_does_not_wait_and_takes_with_it_what_waits() -> None:
    """Whoever reads of a defect has read of the requests before it."""
    file = Pieces()
    outlet = Outlet(file)
    outlet.info("before")
    outlet.error("defect")
    assert file.getvalue() == "before\ndefect\n"
    outlet.info("after")
    outlet.warning("warned")
    assert file.getvalue() == "before\ndefect\nafter\nwarned\n"


async def test_never_more_than_some_lines_wait() -> None:
    """However busy the loop is."""
    file = Pieces()
    outlet = Outlet(file)
    for number in range(256):
        outlet.info(str(number))
    assert len(file.getvalue().splitlines()) == 256


def test_lines_leave_in_pieces_that_no_other_process_tears() -> None:
    """As many as a pipe takes as one piece; a line that is longer goes alone."""
    file = Pieces()
    outlet = Outlet(file)
    lines = [*("x" * 999 + "\n" for _ in range(9)), "y" * 5000 + "\n", "z\n"]
    for line in lines:
        outlet.write(line)
    outlet.flush()
    assert file.getvalue() == "".join(lines)
    assert [len(piece) for piece in file.pieces] == [4000, 4000, 1000, 5001, 2]


def test_where_there_is_no_loop_a_line_leaves_at_once() -> None:
    """As in a command, or in a thread; and what a loop that ended left behind goes with the next one."""
    file = Pieces()
    outlet = Outlet(file)
    outlet.info("alone")
    assert file.getvalue() == "alone\n"

    async def say(line: str) -> None:
        outlet.info(line)

    asyncio.run(say("in a loop"))
    asyncio.run(say("in another"))
    assert file.getvalue() == "alone\n"
    outlet.info("at last")
    assert file.getvalue() == "alone\nin a loop\nin another\nat last\n"


def test_threads_lose_nothing_to_each_other() -> None:
    """Each line once, whoever writes them out."""
    file = Pieces()
    outlet = Outlet(file)

    def speak(name: int) -> None:
        for number in range(500):
            outlet.write(f"{name} {number}\n")
            outlet.flush()

    threads = [threading.Thread(target=speak, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file.getvalue().splitlines()) == sorted(
        f"{name} {number}" for name in range(4) for number in range(500)
    )


async def test_a_process_that_ends_has_written_all() -> None:
    """Also when it ends by a mistake."""
    program = (
        "import asyncio, structlog\n"
        "from gateway import telemetry\n"
        "telemetry.set_up()\n"
        "async def work():\n"
        "    structlog.get_logger().info('said at last')\n"
        "    raise KeyError\n"
        "asyncio.run(work())\n"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=pipe, stderr=pipe)
    out, _ = await process.communicate()
    assert process.returncode == 1
    assert b'"event":"said at last"' in out
