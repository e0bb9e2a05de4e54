import Contracts
import GatewayAPI
import Jobs
import Messaging
import Primitives

/// The gateway's files, asked for over NATS.
struct GatewayFileDirectory: FileDirectory {
    let bus: MessageBus

    func resolve(_ file: String, for principal: Principal) async throws(JobProblem) -> JobFile {
        try await ask(
            GatewayMethods.resolveFile, FileResolve(file: file, owner: principal.owner, admin: principal.isAdministrator),
            JobFile.self)
    }

    func register(_ file: JobFile, owner: String, key: String, origin: String) async throws(JobProblem) -> String {
        try await ask(
            GatewayMethods.registerFile, FileRegister(key: key, owner: owner, origin: origin, file: file), FileRegistered.self
        ).file
    }

    func unregister(key: String, owner: String) async throws(JobProblem) {
        _ = try await ask(GatewayMethods.unregisterFile, FileUnregister(key: key, owner: owner), JSONValue.self)
    }

    private func ask<Answer: Decodable>(_ subject: String, _ question: some Encodable, _ answer: Answer.Type)
        async throws(JobProblem) -> Answer
    {
        do {
            return try JSON.decode(Answer.self, from: try await bus.request(subject, JSON.encode(question)).payload)
        } catch let error as any CodedError {
            throw JobProblem(error)
        } catch {
            throw JobProblem(code: "internal-error", message: "\(error)")
        }
    }
}
