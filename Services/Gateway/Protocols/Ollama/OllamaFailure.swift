import Primitives

/// Errors of Ollama: one sentence.
enum OllamaFailure {
    static func decode(_ body: Bytes, status: Int) -> ProviderFailure {
        guard let error = try? JSONTape(repairing: body).root.present("error") else {
            return ProviderFailure(
                FailureKind.of(status: status, code: nil, message: ""), status: status, message: FailureKind.excerpt(body))
        }
        return decode(error, status: status)
    }

    static func decode(_ error: JSONNode, status: Int) -> ProviderFailure {
        let message = error.string ?? error["message"]?.string ?? ""
        return ProviderFailure(FailureKind.of(status: status, code: nil, message: message), status: status, message: message)
    }
}
