import Contracts
import Jobs
import Primitives

/// The AsyncAPI 3.0 document of what travels over NATS.
enum AsyncAPIDocument {
    static var content: JSONValue {
        let messages = MessageDocuments.all.filter { $0.subject != nil }
        var channels: [String: JSONValue] = [:]
        var operations: [String: JSONValue] = [:]
        for message in messages {
            let key = message.name
            channels[key] = [
                "address": JSONValue(message.subject),
                "messages": .object([key: ["$ref": .string("#/components/messages/\(key)")]]),
                "parameters": parameters(message.subject ?? ""), "description": .string(message.summary),
            ]
            operations["send-\(key)"] = [
                "action": "send", "channel": ["$ref": .string("#/channels/\(key)")], "summary": .string(message.summary),
            ]
        }
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": "AV-Studio messages", "version": "0.1.0", "description": "JSON over NATS, in CloudEvents 1.0 envelopes.",
            ],
            "servers": ["local": ["host": "127.0.0.1:8088", "protocol": "nats"]],
            "channels": .object(channels), "operations": .object(operations),
            "components": ["messages": .object(Dictionary(uniqueKeysWithValues: messages.map { ($0.name, component($0)) }))],
        ]
    }

    private static func parameters(_ subject: String) -> JSONValue {
        var parameters: [String: JSONValue] = [:]
        if subject.contains("{service}") { parameters["service"] = ["description": "For example audio."] }
        if subject.contains("{hook}") { parameters["hook"] = ["description": "The identifier of the hook."] }
        if subject.contains("{event}") { parameters["event"] = ["description": "What the hook's owner calls its messages."] }
        if subject.contains("{operation}") {
            let names = OperationCommands.catalogues.flatMap(\.operations).map { JSONValue.string($0.name) }
            parameters["operation"] = ["description": "service.verb", "enum": .array(names)]
        }
        return .object(parameters)
    }

    private static func component(_ message: MessageDocument) -> JSONValue {
        var payload: JSONValue = ["$ref": .string("schemas/\(message.name).json")]
        if let type = message.eventType {
            payload = [
                "allOf": [
                    ["$ref": "schemas/cloud-event.json"],
                    ["properties": ["type": ["const": .string(type)], "data": payload]],
                ]
            ]
        }
        return [
            "name": .string(message.name), "contentType": "application/json", "summary": .string(message.summary),
            "payload": payload,
        ]
    }
}
