"""What can go wrong with a report.

ReportError               a document that contradicts itself
├── NothingToReportError  a session without laps, or without the car that was asked for
├── StyleError            a colour or a logo that cannot be used
└── PdfError              no PDF; the HTML is not touched by it
    ├── PdfEngineError    the engine could not be started, or died
    ├── PdfCompileError   the engine refused the document
    └── PdfTimeoutError   it took longer than it may
"""

from pitbox.model.errors import PitBoxError


class ReportError(ValueError):
    pass


class NothingToReportError(ReportError, PitBoxError):
    pass


class StyleError(ReportError):
    pass


class PdfError(ReportError):
    pass


class PdfEngineError(PdfError):
    pass


class PdfCompileError(PdfError):
    pass


class PdfTimeoutError(PdfError):
    pass
