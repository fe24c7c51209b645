package import Contacts
package import Postgres

/// Adds contacts to campaigns and removes them, by hand (contacts.md 9).
package struct CampaignsBulkAction: BulkAction {
  /// The name on the wire.
  package let name = "campaigns"
  private let members: CampaignMembers

  package init(_ members: CampaignMembers) { self.members = members }

  /// Reads and checks a request.
  package func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let effect = Effect(
      members: members, add: try request.numbers(request.add, "add").sorted(),
      remove: try request.numbers(request.remove, "remove").sorted())
    try request.require(!effect.add.isEmpty || !effect.remove.isEmpty)
    for (ids, member) in [(effect.add, "add"), (effect.remove, "remove")] where !ids.isEmpty {
      let known = Set(try await RecordStore.existingCampaigns(ids, on: connection))
      let missing = ids.filter { !known.contains($0) }.map(String.init)
      guard missing.isEmpty else {
        throw InvalidInput(member, "there is no campaign \(missing.joined(separator: ", "))")
      }
    }
    return effect
  }

  private struct Effect: BulkEffect {
    var members: CampaignMembers
    var add: [Int64]
    var remove: [Int64]

    func apply(to contacts: [Int64], _ scene: BulkContext) async throws -> Set<Int64> {
      try await members.change(
        contacts, adding: add, removing: remove, as: .byHand,
        in: scene.transaction)
    }
  }
}
