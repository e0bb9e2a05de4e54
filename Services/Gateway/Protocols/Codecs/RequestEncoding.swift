import Primitives

/// What all encoders of provider requests share: the text so far, and the ways to say that something does not fit.
struct RequestEncoding {
    let request: ModelRequest
    /// The provider's own name of the model.
    let model: String
    let profile: ProviderProfile
    var json: JSONBuilder
    var adjustments: [Adjustment] = []

    init(_ request: ModelRequest, model: String, profile: ProviderProfile) {
        var request = request
        if let metadata = request.metadata?.node { request.metadata = OwnLabels.rest(of: metadata) }
        self.request = request
        self.model = model
        self.profile = profile
        json = JSONBuilder(capacity: 2048)
    }

    mutating func adjust(_ field: String, _ explanation: String) {
        adjustments.append(Adjustment(field: field, explanation: explanation))
    }

    func unsupported(_ field: String, _ detail: String = "") -> ModelRequestError {
        .unsupported(field, by: profile.name, detail)
    }

    /// Throws when the value is there.
    func refuse(_ isPresent: Bool, _ field: String, _ detail: String = "") throws(ModelRequestError) {
        if isPresent { throw unsupported(field, detail) }
    }

    mutating func adjustCache(_ marker: CacheMarker?, _ field: String) {
        guard marker != nil else { return }
        adjust(field + ".cache_control", "\(profile.name) keeps its prompt cache by itself")
    }

    /// Writes the caller's fields of this protocol family; refuses those of others unless they only ask for comfort.
    /// What only the client's maker reads goes nowhere.
    mutating func writeExtensions() throws(ModelRequestError) {
        for field in request.extensions {
            if let reason = KnownFields.unsent[field.name] {
                adjust(field.name, reason)
            } else if field.family == profile.wire.family {
                json.key(named: field.name)
                json.value(field.value)
            } else if Self.comforts.contains(field.name) || field.isNeutral {
                adjust(field.name, "\(profile.name) has no such setting; the answer does not depend on it")
            } else {
                throw unsupported(field.name)
            }
        }
    }

    /// Fields that steer caching, storing or abuse detection, never the answer.
    private static let comforts: Set<String> = [
        "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "cache_control", "diagnostics",
    ]
}

extension ProtocolExtension {
    /// Whether the value asks for what happens anyway.
    fileprivate var isNeutral: Bool {
        switch (name, value.text) {
        case ("store", "false"), ("truncation", "\"disabled\""), ("background", "false"), ("modalities", "[\"text\"]"),
            ("include", "[\"reasoning.encrypted_content\"]"):
            true
        default: false
        }
    }
}
