import Fields
import JobQueue
import Postgres

/// Runs a transaction for contacts that are written together.
struct GroupCreation: Sendable {
  let changes: ContactChangeRunner

  /// Runs a transaction, again if definitions of fields were not current.
  ///
  /// - Throws: What `body` throws; `PostgresError`. Nothing was written then.
  func run<R: Sendable>(
    from origin: ContactOrigin, _ body: (ContactGroup) async throws -> R
  ) async throws -> R {
    let settings = try await changes.settings()
    let result = try await changes.fields.read { definitions -> (result: R?, version: Int64?) in
      do {
        let result = try await changes.transactions.transaction(at: origin.now) { transaction in
          try await body(
            ContactGroup(
              definitions: definitions, transaction: transaction, settings: settings,
              origin: origin))
        }
        return (result, nil)
      } catch let error as ContactWork.OutOfDate {
        return (nil, error.version)
      }
    }
    guard let result else { throw ContactWork.Moved() }
    return result
  }

  /// Creates contacts that have nothing but values of fields, and perhaps an address.
  ///
  /// - Returns: The contact of each input; nil, and nothing written, where it is not new for certain.
  /// - Throws: `PostgresError`, after which none of them was created.
  func create(
    _ inputs: [ContactInput], from origin: ContactOrigin
  ) async throws -> [Contact?] {
    try await run(from: origin) { group in
      let claim = try await group.claim(inputs.map { NewContact($0) })
      let reader = ContactReader(group.definitions)
      let (ids, places) = (claim.ids, claim.ids.keys.sorted())
      var created = [Contact?](repeating: nil, count: inputs.count)
      guard !places.isEmpty else { return created }
      let answers = try await group.write(
        claim, at: Set(places),
        also: [reader.select(ContactStatements.wanted(places.compactMap { ids[$0] }))])
      let contacts = try reader.wholeContacts(answers[0])
      guard contacts.count == places.count else { throw ContactWork.Moved() }
      for (place, contact) in zip(places, contacts) { created[place] = contact }
      return created
    }
  }
}
