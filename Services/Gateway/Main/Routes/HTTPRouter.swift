import HTTPServer

/// The router of HTTP requests, where that of model calls is in sight too.
typealias HTTPRouter = Router
