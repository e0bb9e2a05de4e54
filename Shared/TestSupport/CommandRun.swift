import Foundation

/// A program that ran to its end.
package struct CommandRun: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs a program and waits for it.
    /// - Parameters:
    ///   - program: a path, or a name that is looked up in PATH.
    ///   - environment: added to this process's own.
    ///   - folder: the working folder.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
    ) async throws -> CommandRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        return try await withCheckedThrowingContinuation { continuation in
            // The pipes are read on a thread of their own: a full pipe would stop the program.
            Thread.detachNewThread {
                do {
                    try process.run()
                    let group = DispatchGroup()
                    let tail = ErrorTail()
                    group.enter()
                    Thread.detachNewThread {
                        tail.data = readAll(errors.fileHandleForReading.fileDescriptor)
                        group.leave()
                    }
                    let data = readAll(output.fileHandleForReading.fileDescriptor)
                    group.wait()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: CommandRun(
                            status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
                            errors: String(decoding: tail.data, as: UTF8.self)))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}

// Written by one thread and read after the group has been left.
private final class ErrorTail: @unchecked Sendable {
    var data = Data()
}

/// Reads to the end; unlike `FileHandle`, it goes on after a signal.
private func readAll(_ descriptor: Int32) -> Data {
    var all = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { all.append(contentsOf: buffer[..<count]) }
        if count == 0 || count < 0 && errno != EINTR { return all }
    }
}
