import Postgres
import Primitives
import Users

/// Subscribes contacts to global categories and unsubscribes them.
struct CategoriesBulkAction: BulkAction {
  let name = "categories"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let ids = try await request.records(in: "categories", "category", on: connection)
    return Effect(add: ids.add, remove: ids.remove)
  }

  private struct Effect: BulkEffect {
    var add: [Int64]
    var remove: [Int64]

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      let added = try await ContactCategories.subscribe(contacts, to: add, in: context.transaction)
      let removed = try await ContactCategories.unsubscribe(
        contacts, from: remove, in: context.transaction)
      return Set(added + removed)
    }
  }
}

/// Adds and removes tags by name.
struct TagsBulkAction: BulkAction {
  let name = "tags"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    var effect = Effect(add: [], remove: try names(request, request.remove, "remove"))
    // A name with a leading minus removes here too (CON-42).
    for name in try request.texts(request.add, "add") {
      if name.hasPrefix("-") {
        effect.remove += try clean([String(name.dropFirst())], "add")
      } else {
        effect.add += try clean([name], "add")
      }
    }
    try request.require(!effect.add.isEmpty || !effect.remove.isEmpty)
    return effect
  }

  private func names(
    _ request: BulkRequest, _ value: JSONValue?, _ member: String
  ) throws(InvalidInput) -> [String] {
    try clean(try request.texts(value, member), member)
  }

  private func clean(_ names: [String], _ member: String) throws(InvalidInput) -> [String] {
    var clean: [String] = []
    for name in names {
      guard let cleaned = TagName.clean(name) else {
        throw InvalidInput(
          member, "\(InvalidInput.shown(name)) is no name of a tag: 1 to 191 characters")
      }
      clean.append(cleaned)
    }
    return clean
  }

  private struct Effect: BulkEffect {
    var add: [String]
    var remove: [String]

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      // Those that would have too many are skipped.
      let changes = try await ContactTags.change(
        contacts, adding: add, removing: remove, in: context.transaction
      ).filter { $0.value.refusal == nil }
      let audit = changes.sorted { $0.key < $1.key }.map { id, change in
        AuditLog.Entry(
          "update", "lead", id,
          details: .object([
            "tags": .object([
              "added": .array(change.added.map(JSONValue.string)),
              "removed": .array(change.removed.map(JSONValue.string)),
            ])
          ]))
      }
      try await AuditLog.write(audit, by: context.author, in: context.transaction)
      return Set(changes.keys)
    }
  }
}

/// Adds contacts to companies and removes them.
struct CompaniesBulkAction: BulkAction {
  let name = "companies"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let ids = try await request.records(in: "companies", "company", on: connection)
    return Effect(add: ids.add, remove: ids.remove)
  }

  private struct Effect: BulkEffect {
    var add: [Int64]
    var remove: [Int64]

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      let links = CompanyLinks(rules: context.companies, in: context.transaction)
      let added = try await links.assign(contacts, to: add)
      let removed = try await links.remove(contacts, from: remove)
      // The first change has the value before, the last one the value after.
      var changes: [Int64: CompanyLinks.Change] = [:]
      for change in added + removed {
        guard var known = changes[change.contact] else {
          changes[change.contact] = change
          continue
        }
        known.after = change.after
        known.identified = known.identified || change.identified
        changes[change.contact] = known
      }
      try await links.record(changes.values.sorted { $0.contact < $1.contact }, by: context.author)
      return Set(changes.keys)
    }
  }
}
