import Contracts
import GatewayAPI
import GatewayCore
import Messaging
import Primitives

/// Answers other services about files.
enum FileResponders {
    static func resolve(_ files: FileStore, _ bus: MessageBus) -> Responder {
        bus.serve(GatewayMethods.resolveFile, queue: GatewayMethods.service, concurrency: 64) { message in
            let question = try JSON.decode(FileResolve.self, from: message.payload)
            return try JSON.encode(
                try await files.find(question.file, owner: question.owner, isAdministrator: question.admin).jobFile)
        }
    }

    static func register(_ files: FileStore, _ bus: MessageBus) -> Responder {
        bus.serve(GatewayMethods.registerFile, queue: GatewayMethods.service, concurrency: 64) { message in
            let question = try JSON.decode(FileRegister.self, from: message.payload)
            let file = try await files.register(question.file, owner: question.owner, key: question.key, origin: question.origin)
            return try JSON.encode(FileRegistered(file: file.id))
        }
    }

    static func unregister(_ files: FileStore, _ bus: MessageBus) -> Responder {
        bus.serve(GatewayMethods.unregisterFile, queue: GatewayMethods.service, concurrency: 64) { message in
            let question = try JSON.decode(FileUnregister.self, from: message.payload)
            try await files.unregister(key: question.key, owner: question.owner)
            return Bytes("{}".utf8)
        }
    }
}
