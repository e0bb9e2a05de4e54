import Contracts

/// The fields that operations with a language model share.
extension Field {
    static func model(
        _ path: any WritableKeyPath<Root, String> & Sendable, _ help: String = "The model, as the gateway knows it."
    ) -> Field {
        text("model", path, maximumLength: 200, required: true, help)
    }

    static func accessKey(_ path: any WritableKeyPath<Root, String> & Sendable) -> Field {
        secret(
            "access_key", path, maximumLength: 512, required: true,
            "A key of the studio with the scope llm: the calls are on its account, in its limits and budgets.")
    }

    static func callsAtOnce(_ path: any WritableKeyPath<Root, Int> & Sendable) -> Field {
        integer("calls_at_once", path, in: 1...16, "Calls that are under way together.")
    }

    static func maximumTokens(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
        integer(
            "max_tokens", path, in: 1...200_000, "Tokens of one answer at most; left to the model where not given.")
    }
}
