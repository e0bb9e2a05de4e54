import Contracts
import HTTP
import Identity

extension Principal {
    /// The person who asks.
    /// - Throws: `Problem` 403 when it is a program.
    func requirePerson() throws(Problem) -> String {
        guard let person else {
            throw Problem(status: .forbidden, code: "person-needed", "this is for people who have logged in; keys have no account")
        }
        return person
    }

    /// The person who asks and their session.
    /// - Throws: `Problem` 403 without a session: a token made from one must not prolong or end it.
    func loggedIn() throws(Problem) -> (person: String, session: String) {
        let person = try requirePerson()
        guard let session else {
            throw Problem(status: .forbidden, code: "session-needed", "this needs the session that the login gave")
        }
        return (person, session)
    }

    /// Who decides in an organisation's matters.
    /// - Throws: `Problem` 403 for a key that is no administrator's.
    func actor() throws(Problem) -> AccountActor {
        isAdministrator ? .administrator : .user(try requirePerson())
    }
}
