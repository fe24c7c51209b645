import Postgres

/// Sets or clears the owner.
struct OwnerBulkAction: BulkAction {
  let name = "owner"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    guard let value = request.value else {
      throw InvalidInput("value", "the number of a user, or null for nobody")
    }
    if value == .null || value.text == "" { return Effect(owner: nil) }
    guard let owner = value.int.map(Int64.init), owner > 0 else {
      throw InvalidInput("value", "not the number of a user")
    }
    try await Existing.require([owner], in: "users", "value", "user", on: connection)
    return Effect(owner: owner)
  }

  private struct Effect: BulkEffect {
    var owner: Int64?

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      Set(
        try await ContactOwners.set(
          owner, of: contacts, author: context.author, in: context.transaction))
    }
  }
}

/// Sets the stage of contacts, or removes contacts from the stage they are in.
struct StageBulkAction: BulkAction {
  let name = "stage"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let isGiven = request.value.map { $0 != .null } ?? false
    let wanted = try request.numbers(
      isGiven ? request.value : request.add, isGiven ? "value" : "add")
    let left = try request.numbers(request.remove, "remove")
    guard wanted.count <= 1 else {
      throw InvalidInput("add", "a contact can be in one stage only")
    }
    try request.require(!wanted.isEmpty || !left.isEmpty)
    // A dry run must not lock anything, and a step locks contacts before the stages they are in.
    for id in wanted + left { _ = try await Self.stage(id, locking: false, connection) }
    return Effect(enter: wanted.first, leave: left)
  }

  private static func stage(
    _ id: Int64, locking: Bool, _ connection: PostgresConnection
  ) async throws -> Stage {
    guard let stage = try await ContactStages.find(.id(id), locking: locking, on: connection) else {
      throw InvalidInput("value", "there is no stage \(id)")
    }
    return stage
  }

  private struct Effect: BulkEffect {
    var enter: Int64?
    var leave: [Int64]

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      var changed: Set<Int64> = []
      func note(_ outcome: [Int64: Bool]) { changed.formUnion(outcome.filter(\.value).keys) }
      if let enter {
        let stage = try await StageBulkAction.stage(
          enter, locking: true, context.transaction.connection)
        note(
          try await ContactStages.set(
            contacts, stage, author: context.author, in: context.transaction))
      }
      for id in leave {
        let stage = try await StageBulkAction.stage(
          id, locking: true, context.transaction.connection)
        note(
          try await ContactStages.set(
            contacts, stage, removing: true, author: context.author,
            in: context.transaction))
      }
      return changed
    }
  }
}

/// Changes points: `value` is a number to add, or an object of `operator` (`plus`, `minus`,
/// `times`, `divide`) and `points`.
struct PointsBulkAction: BulkAction {
  let name = "points"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let amount = request.value?["points"] ?? request.value
    guard let points = amount?.int else {
      throw InvalidInput("value", "a whole number of points")
    }
    let word = request.value?["operator"]?.text ?? "plus"
    guard let operation = PointsOperator(rawValue: word) else {
      throw InvalidInput("value.operator", "\(InvalidInput.shown(word)) is no operator")
    }
    guard operation != .divide || points != 0 else {
      throw InvalidInput("value.points", "nothing can be divided by 0")
    }
    return Effect(operation: operation, points: points)
  }

  private struct Effect: BulkEffect {
    var operation: PointsOperator
    var points: Int

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      let outcome = try await ContactPoints.change(
        contacts, operation, by: points,
        reason: PointsReason(type: "batch", eventName: "Batch action", actionName: "points"),
        author: context.author, in: context.transaction)
      return Set(outcome.filter { $0.value.before != $0.value.after }.keys)
    }
  }
}

/// Deletes contacts, at most 100 (CON-90).
struct DeletionBulkAction: BulkAction {
  let name = "delete"

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    if let ids = request.selection.ids, Set(ids).count > BulkActions.deletionLimit {
      throw InvalidInput(
        "ids",
        "\(ids.count) contacts; at most \(BulkActions.deletionLimit) can be deleted at once")
    }
    return Effect()
  }

  private struct Effect: BulkEffect {
    var deletes: Bool { true }

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      try await ContactDeletion.delete(
        contacts, fields: context.fields, by: context.author, in: context.transaction)
      return Set(contacts)
    }
  }
}
