import Contracts
import HTTP
import Primitives

/// `avstudio keys …`
enum KeyCommands {
    static let all = [
        Command(
            "keys create", operands: "<name>",
            flags: [
                Flag("scopes", value: "list", choices: Scope.all.map(\.rawValue), "Scopes separated by commas."),
                Flag("models", value: "list", "Language models that it may call, such as gpt-5*, separated by commas."),
                Flag("owner", value: "name", "Whose files and jobs the key reaches; administrators only."),
                Flag("tier", value: "name", "Tier whose limits apply; administrators only."),
                Flag("expires", value: "time", "When it stops working, for example 2027-01-01T00:00:00Z."),
            ], "Makes a key and shows it, this once."
        ) { arguments, session in
            var body: [String: JSONValue] = ["name": .string(try arguments.require("name")[0])]
            for field in ["scopes", "models"] {
                body[field] = arguments[field].map { .array($0.split(separator: ",").map { .string(String($0)) }) }
            }
            for field in ["owner", "tier", "expires"] { body[field] = arguments[field].map(JSONValue.string) }
            let key = try await session.client.json(.post, "/keys", body: .object(body))
            session.output.show(
                key, text: "\(key["key"]?.stringValue ?? "")\nid: \(key["id"]?.stringValue ?? ""); it is not shown again")
        },
        Command("keys list", "Lists keys.") { arguments, session in
            let page = try await session.client.json(.get, "/keys")
            let rows = (page["keys"]?.arrayValue ?? []).map { key in
                ["id", "name", "owner", "tier", "state", "expires"].map { key[$0]?.stringValue ?? "" }
            }
            session.output.show(page, text: Output.table(["id", "name", "owner", "tier", "state", "expires"], rows))
        },
        Command("keys rotate", operands: "<id>", "Gives a key a new secret; the old one works a little longer.") {
            arguments, session in
            let id = PercentEncoding.encode(try arguments.require("id")[0])
            let key = try await session.client.json(.post, "/keys/\(id)/rotate", body: [:])
            session.output.show(key, text: key["key"]?.stringValue ?? "")
        },
        Command("keys revoke", operands: "<id>", "Ends a key at once.") { arguments, session in
            let id = try arguments.require("id")[0]
            _ = try await session.client.json(.delete, "/keys/\(PercentEncoding.encode(id))")
            session.output.show(["revoked": .string(id)], text: "revoked \(id)")
        },
    ]
}
