import Contracts
import GatewayAPI
import GatewayCore
import Messaging
import Primitives

/// What other services may ask about files, and who answers.
struct FileMethod: Sendable {
    let name: String
    let subject: String
    let responder: Responder

    static func all(_ files: FileStore, _ bus: MessageBus) -> [FileMethod] {
        [
            FileMethod("file-resolve", GatewayMethods.resolveFile, bus) { (question: FileResolve) in
                try await files.find(question.file, owner: question.owner, isAdministrator: question.admin).jobFile
            },
            FileMethod("file-register", GatewayMethods.registerFile, bus) { (question: FileRegister) in
                let file = try await files.register(
                    question.file, owner: question.owner, key: question.key, origin: question.origin)
                return FileRegistered(file: file.id)
            },
            FileMethod("file-unregister", GatewayMethods.unregisterFile, bus) { (question: FileUnregister) in
                try await files.unregister(key: question.key, owner: question.owner)
                return JSONValue.object([:])
            },
        ]
    }

    private init<Question: Decodable & SendableMetatype, Answer: Encodable & SendableMetatype>(
        _ name: String, _ subject: String, _ bus: MessageBus, answer: @escaping @Sendable (Question) async throws -> Answer
    ) {
        (self.name, self.subject) = (name, subject)
        responder = bus.serve(subject, queue: GatewayMethods.service, concurrency: 64) { message in
            try JSON.encode(try await answer(JSON.decode(Question.self, from: message.payload)))
        }
    }
}
