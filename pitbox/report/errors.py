"""What can go wrong with a report.

ReportError               a document that contradicts itself
├── StyleError            a colour or a logo that cannot be used
└── PdfError              no PDF; the HTML is not touched by it
    ├── PdfEngineError    the engine could not be started, or died
    ├── PdfCompileError   the engine refused the document
    └── PdfTimeoutError   it took longer than it may
"""


class ReportError(ValueError):
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
