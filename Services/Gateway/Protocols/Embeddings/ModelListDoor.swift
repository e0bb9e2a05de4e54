package import Primitives

/// Writes the answers of `GET /v1/models` and `GET /v1/models/{id}`.
package enum ModelListDoor {
    /// The list in OpenAI's form.
    package static func openAI(_ models: [ModelListing]) -> Bytes {
        var json = JSONBuilder(capacity: 64 + models.count * 96)
        json.object { json in
            json.member("object", "list" as StaticString)
            json.array("data") { json in
                for model in models { json.object { writeOpenAI(model, to: &$0) } }
            }
        }
        return json.bytes
    }

    /// One model in OpenAI's form.
    package static func openAI(_ model: ModelListing) -> Bytes {
        var json = JSONBuilder(capacity: 128)
        json.object { writeOpenAI(model, to: &$0) }
        return json.bytes
    }

    /// The list in Anthropic's form, as one page.
    package static func anthropic(_ models: [ModelListing]) -> Bytes {
        var json = JSONBuilder(capacity: 64 + models.count * 128)
        json.object { json in
            json.array("data") { json in
                for model in models { json.object { writeAnthropic(model, to: &$0) } }
            }
            json.member("has_more", false)
            json.member("first_id", orNull: models.first?.id)
            json.member("last_id", orNull: models.last?.id)
        }
        return json.bytes
    }

    private static func writeOpenAI(_ model: ModelListing, to json: inout JSONBuilder) {
        json.member("id", model.id)
        json.member("object", "model" as StaticString)
        json.member("created", model.created)
        json.member("owned_by", model.owner ?? "avstudio")
    }

    private static func writeAnthropic(_ model: ModelListing, to json: inout JSONBuilder) {
        json.member("type", "model" as StaticString)
        json.member("id", model.id)
        json.member("display_name", model.displayName ?? model.id)
        json.member("created_at", Timestamp(milliseconds: Int64(model.created) * 1000).iso8601)
        json.member("lifecycle", "active" as StaticString)
        json.member("max_input_tokens", ifPresent: model.inputLimit)
        json.member("max_tokens", ifPresent: model.outputLimit)
    }
}
