/// A body that waits for its turn in a transaction, and the caller that waits for the commit.
struct PendingWrite: Sendable {
    /// A body that has run; its caller still waits.
    struct Attempt {
        /// What the body threw.
        let failure: (any Error)?
        /// Lets its caller go on: with the body's result after the commit, with the error after a transaction that was lost.
        let settle: (_ loss: (any Error)?) -> Void

        /// What the callers that shared its transaction are told when that was lost in it: a disk that is full is full for
        /// all, but of another's constraint they need not know.
        var lossForOthers: DatabaseError {
            if let error = failure as? DatabaseError, [.diskFull, .io, .corrupt].contains(error.reason) { return error }
            return DatabaseError(.busy, "another write has ended the transaction that this one was in")
        }
    }

    /// Runs the body, on the writer's thread, inside a transaction.
    let run: @Sendable (Connection) -> Attempt
    /// Lets the caller go on without having run the body.
    let fail: @Sendable (any Error) -> Void

    init<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T, _ caller: CheckedContinuation<T, any Error>) {
        run = { connection in
            do {
                let value = try connection.inSavepoint(body)
                return Attempt(failure: nil) { loss in
                    if let loss { caller.resume(throwing: loss) } else { caller.resume(returning: value) }
                }
            } catch {
                // The changes are gone either way, so the body's own error is the one that tells more.
                return Attempt(failure: error) { _ in caller.resume(throwing: error) }
            }
        }
        fail = { caller.resume(throwing: $0) }
    }
}
