/// `response_format` of the chat protocol and `text.format` of the responses protocol.
enum OpenAIOutputFormat {
    static func decode(_ node: JSONNode) throws(ModelRequestError) -> OutputFormat {
        let kind = try node.required("type")
        if kind.equals("text") { return .text }
        if kind.equals("json_object") { return .jsonObject }
        guard kind.equals("json_schema") else { throw kind.fault(.outOfRange, "the types are: text, json_object, json_schema") }
        let inner = node.present("json_schema") ?? node
        return .jsonSchema(
            OutputSchema(
                name: try inner.present("name")?.checkedString() ?? "answer",
                description: try inner.present("description")?.checkedString(),
                schema: try inner.required("schema").checkedObject().raw,
                strict: try inner.present("strict")?.checkedBool()))
    }

    /// Writes name, description, schema and strict into an open object.
    static func write(_ schema: OutputSchema, to json: inout JSONBuilder) {
        json.member("name", schema.name)
        json.member("description", ifPresent: schema.description)
        json.member("schema", schema.schema)
        json.member("strict", ifPresent: schema.strict)
    }
}
