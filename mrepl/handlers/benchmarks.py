"""`bench`: a timing experiment (spec mrepl.md, "`bench`").

What measures, `mrepl.bench`, is imported when it is first needed: a session starts without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from mrepl.command import Arguments, Reply, Verdict
from mrepl.module_logs import module_logs_held_back
from mrepl.session import Session
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.usage import UsageError

if TYPE_CHECKING:
    from mrepl.bench.experiment import Findings

_CELLS = 20  # of the progress bar


def bench(session: Session, arguments: Arguments) -> Reply:
    """Measures a call, alone or beside another, or once for each value of a parameter."""
    from mrepl.bench import experiment, exports, report, request, result_json, text_file  # noqa: PLC0415 - see above

    wanted = request.read_request(session, arguments)
    for export in wanted.exports:
        text_file.check_writable(export.path)
    interruptions = session.interruptions
    with ExitStack() as stack:
        output = stack.enter_context(session.guest_output.held_back())
        logs = stack.enter_context(module_logs_held_back())
        findings = experiment.run(
            wanted.experiment,
            session.service,
            partial(_show_progress, session.status.show),
            lambda: session.interruptions != interruptions,
        )
    verdict = _verdict(findings, wanted.limit)
    notes: list[str] = []
    if output or logs:
        notes.append(
            f"not shown meanwhile: {output.total():,} bytes that modules wrote, "
            f"{logs.total():,} log messages"
        )
    for export in wanted.exports:
        try:
            text_file.replace_text_file(export.path, exports.EXPORTS[export.format](findings))
            notes.append(f"written: {export.path}")
        except UsageError as error:  # the disk is full: what was measured is not lost with it
            verdict = Verdict("ExportFailed", str(error))
    result = {
        **result_json.findings_json(findings),
        "hidden_output_bytes": output.total(),
        "hidden_log_messages": logs.total(),
    }
    return Reply(
        compact_json(result), partial(_text, report.report_text, findings, notes), verdict=verdict
    )


def _text(
    report_text: Callable[[Findings], MarkedText], findings: Findings, notes: list[str]
) -> MarkedText:
    return (*report_text(findings), *(Span(f"  {note}\n", Mark.FAINT) for note in notes))


def _show_progress(show: Callable[[str], None], text: str, progress: float) -> None:
    full = round(progress * _CELLS)
    show(f"{text}  {'█' * full}{'░' * (_CELLS - full)} {progress:4.0%}  Ctrl-C ends it")


def _verdict(findings: Findings, limit: float | None) -> Verdict | None:
    """What is above the limit of `--fail-above`, if anything is."""
    from mrepl.text.measured_times import measured_text  # noqa: PLC0415 - see above

    if limit is None:
        return None
    above = [row for row in findings.rows if row.figures[0].summary.median > limit]
    if not above:
        return None
    medians = []
    for row in above:
        value = "" if row.value is None else f"{findings.experiment.parameter}={row.value}: "
        medians.append(f"{value}{measured_text(row.figures[0].summary.median)}")
    return Verdict(
        "LimitExceeded",
        f"--fail-above: the median is above {measured_text(limit)}: {', '.join(medians)}",
    )
