import Primitives

/// Errors of Google's APIs (google.rpc.Status).
enum GeminiFailure {
    static func decode(_ body: Bytes, status: Int) -> ProviderFailure {
        let root = try? JSONTape(repairing: body).root
        // Streams put the error into a list.
        guard let error = (root?.elements.first ?? root)?.present("error") else {
            return ProviderFailure(
                FailureKind.of(status: status, code: nil, message: ""), status: status, message: FailureKind.excerpt(body))
        }
        return decode(error, status: status)
    }

    static func decode(_ error: JSONNode, status: Int) -> ProviderFailure {
        let code = error["status"]?.string
        let message = error["message"]?.string ?? ""
        let status = status != 0 ? status : error.count("code")
        var failure = ProviderFailure(
            FailureKind.of(status: status, code: code, message: message), status: status, providerCode: code, message: message)
        for detail in error["details"]?.elements ?? [] {
            // A wrong key is an invalid argument to this API; only the detail tells.
            if detail["reason"]?.equals("API_KEY_INVALID") == true { failure.kind = .authentication }
            if let delay = detail["retryDelay"]?.string, delay.hasSuffix("s"), let seconds = Double(delay.dropLast()) {
                failure.retryAfter = RateLimitHints.clamped(seconds: seconds)
            }
        }
        return failure
    }
}
