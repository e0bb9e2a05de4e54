import HTTP
package import HTTPServer

extension Response {
    /// The same response with a header set.
    package func adding(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers[name] = value
        return response
    }
}
