/// One piece of a message or an answer.
package enum ContentPart: Sendable, Hashable {
    case text(TextPart)
    case image(ImagePart)
    case audio(AudioPart)
    case file(FilePart)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    case reasoning(ReasoningPart)
    /// The model's own words for declining.
    case refusal(String)
}

extension [ContentPart] {
    /// All texts, joined.
    package var plainText: String {
        reduce(into: "") { text, part in
            if case .text(let piece) = part { text += piece.text }
        }
    }

    /// All calls of tools, in order.
    package var toolCalls: [ToolCall] {
        compactMap { part in
            guard case .toolCall(let call) = part else { return nil }
            return call
        }
    }

    /// The first refusal.
    package var refusal: String? {
        for case .refusal(let text) in self { return text }
        return nil
    }

    /// All thoughts, in order.
    package var reasoning: [ReasoningPart] {
        compactMap { part in
            guard case .reasoning(let reasoning) = part else { return nil }
            return reasoning
        }
    }
}

/// Asks the provider to keep the prompt up to here in its cache.
package struct CacheMarker: Sendable, Hashable {
    /// `5m` or `1h`; nil for the provider's own.
    package var timeToLive: String?
}

/// A piece of text.
package struct TextPart: Sendable, Hashable {
    /// The words.
    package var text: String
    /// Where the provider should cache the prompt up to; nil for nowhere.
    package var cache: CacheMarker?
    /// Sources that the provider named for the text, in its own form.
    package var citations: RawJSON?

    package init(_ text: String, cache: CacheMarker? = nil, citations: RawJSON? = nil) {
        self.text = text
        self.cache = cache
        self.citations = citations
    }
}

/// Where media comes from.
package enum MediaSource: Sendable, Hashable {
    case url(String)
    /// Base64 text, as it came.
    case data(mediaType: String, base64: String)
    /// A file that the provider already holds.
    case file(id: String)
    /// A plain text document.
    case text(String)
}

/// A picture.
package struct ImagePart: Sendable, Hashable {
    /// Where it comes from.
    package var source: MediaSource
    /// `low`, `high` or `auto`.
    package var detail: String?
    /// Where the provider should cache the prompt up to; nil for nowhere.
    package var cache: CacheMarker?

    package init(_ source: MediaSource, detail: String? = nil, cache: CacheMarker? = nil) {
        self.source = source
        self.detail = detail
        self.cache = cache
    }
}

/// A recording.
package struct AudioPart: Sendable, Hashable {
    /// Base64 text.
    package var base64: String
    /// `wav` or `mp3`.
    package var format: String
}

/// A document.
package struct FilePart: Sendable, Hashable {
    /// Where it comes from.
    package var source: MediaSource
    /// Its title or file name.
    package var name: String?
    /// What the document is about, which is shown to the model and not cited.
    package var context: String?
    /// Whether the answer should cite the document.
    package var cites = false
    /// Where the provider should cache the prompt up to; nil for nowhere.
    package var cache: CacheMarker?
}
