/// A call that turns texts into vectors.
package struct EmbeddingRequest: Sendable, Hashable {
    /// What is turned into vectors.
    package enum Input: Sendable, Hashable {
        case texts([String])
        /// Token numbers, which only providers with the same vocabulary understand.
        case tokens([[Int]])
    }

    /// How the caller wants vectors written.
    package enum Encoding: String, Sendable {
        case float
        /// Base64 of little-endian 32-bit floats.
        case base64
    }

    /// The model: as the caller names it in a call, as the provider does in an answer.
    package var model: String
    /// The texts or tokens.
    package var input: Input
    /// Length of the vectors; nil for the model's own.
    package var dimensions: Int?
    /// The form in which the caller gets them.
    package var encoding = Encoding.float
    /// The caller's own identifier of its end user.
    package var user: String?
    /// Fields that only the caller's own protocol knows.
    package var extensions: [ProtocolExtension] = []

    package init(model: String, input: Input) {
        self.model = model
        self.input = input
    }
}

/// Vectors, one for each input, in the same order.
package struct EmbeddingResponse: Sendable, Hashable {
    /// The model: as the caller names it in a call, as the provider does in an answer.
    package var model: String
    /// One for each input, in the same order.
    package var vectors: [[Float]]
    /// What the call used.
    package var usage: ModelUsage

    package init(model: String, vectors: [[Float]], usage: ModelUsage) {
        self.model = model
        self.vectors = vectors
        self.usage = usage
    }
}

/// A model as a provider or the gateway lists it.
package struct ModelListing: Sendable, Hashable {
    /// The name by which calls choose it.
    package var id: String
    /// Its name for people.
    package var displayName: String?
    /// Who made it or serves it.
    package var owner: String?
    /// Seconds since 1970; 0 when unknown.
    package var created = 0
    /// Most tokens of the prompt.
    package var inputLimit: Int?
    /// Most tokens of the answer.
    package var outputLimit: Int?

    package init(id: String, displayName: String? = nil, owner: String? = nil, created: Int = 0) {
        self.id = id
        self.displayName = displayName
        self.owner = owner
        self.created = created
    }
}
