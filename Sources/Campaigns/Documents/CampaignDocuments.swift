import Foundation
import JobQueue
import Postgres
package import Primitives
package import Users

/// A record that a document references and that does not exist here.
package struct MissingReference: Sendable, Equatable {
  /// The kind of record, such as `segment`.
  package var kind: String
  /// Its alias or name, or its id in the document where that gives no name.
  package var name: String
  /// The events that reference it; empty for a source.
  package var events: [String]
}

/// A campaign read from a document.
package struct ImportedCampaign: Sendable {
  /// The campaign, which is not published.
  package var campaign: Campaign
  /// The referenced records that do not exist here; they were left out.
  package var missing: [MissingReference]
}

/// Campaigns as JSON documents (CAM-652): records are referenced by alias or name, to be found in any installation.
package struct CampaignDocuments: Sendable {
  /// The name of the format.
  package static let format = "martlet.campaign"
  /// The version of the format.
  package static let version = 1

  let editor: CampaignEditor

  /// Returns a campaign as a document; nil if it does not exist.
  package func document(of id: Int64) async throws -> JSONValue? {
    try await editor.jobs.postgres.transaction(isolation: .repeatableRead, readOnly: true) {
      connection -> JSONValue? in
      guard
        let campaign = try await CampaignStore.find("campaigns.id = \(id)", on: connection).first
      else { return nil }
      var references: [String: JSONValue] = [:]
      var names: [ReferenceKind: [Int64: String]] = [:]
      for (kind, ids) in Self.referenced(by: campaign) {
        names[kind] = try await kind.names(of: ids.sorted(), on: connection)
        references[kind.rawValue] = .object(
          Dictionary(
            (names[kind] ?? [:]).map { (String($0.key), .string($0.value)) },
            uniquingKeysWith: { first, _ in first }))
      }
      let sources = campaign.sources.map { source -> JSONValue in
        let kind: ReferenceKind = source.kind == .segment ? .segment : .form
        let alias = names[kind]?[source.id] ?? String(source.id)
        return .object(["kind": .string(kind.rawValue), "alias": .string(alias)])
      }
      return .object([
        "format": .string(Self.format), "formatVersion": .integer(Int64(Self.version)),
        "campaign": Self.settings(campaign), "sources": .array(sources),
        "events": .array(campaign.events.map(Self.event)), "references": .object(references),
      ])
    }
  }

  /// The ids of the records that a campaign and its events name, by kind.
  static func referenced(by campaign: Campaign) -> [ReferenceKind: Set<Int64>] {
    var ids: [ReferenceKind: Set<Int64>] = [:]
    for event in campaign.events {
      for (path, kind) in ReferenceKind.members(of: event.type) {
        ids[kind, default: []].formUnion(event.properties.ids(at: path))
      }
    }
    for source in campaign.sources {
      ids[source.kind == .segment ? .segment : .form, default: []].insert(source.id)
    }
    return ids
  }

  private static func settings(_ campaign: Campaign) -> JSONValue {
    let category: JSONValue =
      campaign.category.map {
        .object(["alias": .string($0.alias), "title": .string($0.title)])
      } ?? .null
    return .object([
      "name": .string(campaign.name),
      "description": campaign.description.map(JSONValue.string) ?? .null, "category": category,
      "allowRestart": .boolean(campaign.allowsRestart), "publishUp": Self.date(campaign.publishUp),
      "publishDown": Self.date(campaign.publishDown), "canvasSettings": campaign.canvas,
    ])
  }

  static func date(_ date: Date?) -> JSONValue {
    date.map { .string($0.formatted(.iso8601)) } ?? .null
  }

  private static func event(_ event: CampaignEvent) -> JSONValue {
    let members: [String: JSONValue] = [
      "id": .integer(event.id), "parent": event.parent.map { .integer($0) } ?? .null,
      "decisionPath": event.path.map { .string($0 ? "yes" : "no") } ?? .null,
      "eventType": .string(event.kind.rawValue), "type": .string(event.type),
      "name": .string(event.name),
      "description": event.description.map(JSONValue.string) ?? .null,
      "order": .integer(Int64(event.position)), "properties": event.properties,
      "channel": event.channel.map(JSONValue.string) ?? .null,
    ]
    return .object(members.merging(event.trigger.members) { $1 })
  }

  /// Creates the campaigns of a document, all of them or none. Records that do not exist here are left out and
  /// reported; the campaigns are not published.
  ///
  /// - Throws: ``CampaignError`` for an invalid document; `PostgresError`.
  package func `import`(_ document: JSONValue, by author: Author) async throws -> [ImportedCampaign]
  {
    let drafts = try CampaignDraft.read(document)
    let made = try await editor.jobs.transaction {
      transaction -> [(id: Int64, missing: [MissingReference])] in
      var made: [(id: Int64, missing: [MissingReference])] = []
      for draft in drafts {
        let (input, missing) = try await resolve(draft, on: transaction.connection)
        let id = try await editor.insert(
          input, details: ["source": .string("import")], isTrusted: true, by: author,
          in: transaction)
        made.append((id, missing))
      }
      return made
    }
    var result: [ImportedCampaign] = []
    for (id, missing) in made {
      result.append(ImportedCampaign(campaign: try await editor.read(id), missing: missing))
    }
    return result
  }

  /// Replaces names by the ids of this installation.
  private func resolve(
    _ draft: CampaignDraft, on connection: PostgresConnection
  ) async throws -> (input: CampaignInput, missing: [MissingReference]) {
    var input = draft.input
    var wanted: [ReferenceKind: Set<String>] = [:]
    for event in input.events ?? [] {
      for (path, kind) in ReferenceKind.members(of: event.type ?? "") {
        let referenced = (event.properties ?? .null).ids(at: path)
        wanted[kind, default: []].formUnion(referenced.compactMap { draft.names[kind]?[$0] })
      }
    }
    for source in draft.sources {
      if let name = source.name { wanted[source.kind, default: []].insert(name) }
    }
    var here: [ReferenceKind: [String: Int64]] = [:]
    for (kind, names) in wanted {
      here[kind] = try await kind.ids(of: names.sorted(), on: connection)
    }
    var missing = MissingReferences()

    func ids(_ wanted: ReferenceKind) -> [Int64] {
      draft.sources.filter { $0.kind == wanted }.compactMap { source in
        let id = source.name.flatMap { here[wanted]?[$0] }
        if id == nil { missing.add(wanted, source.text, nil) }
        return id
      }
    }
    input.segments = ids(.segment)
    input.forms = ids(.form)
    input.events = (input.events ?? []).map { event in
      var event = event
      for (path, kind) in ReferenceKind.members(of: event.type ?? "") {
        let properties = event.properties ?? .object([:])
        var new: [Int64: Int64] = [:]
        for number in properties.ids(at: path) {
          let name = draft.names[kind]?[number]
          if let id = name.flatMap({ here[kind]?[$0] }) {
            new[number] = id
          } else {
            missing.add(kind, name ?? String(number), event.name ?? event.type ?? "")
          }
        }
        event.properties = properties.replacing(at: path, new)
      }
      return event
    }
    if let alias = draft.category {
      let category = try await RecordStore.category(alias, on: connection)
      input.category = .some(category)
      if category == nil { missing.add("category", alias, nil) }
    }
    return (input, missing.references)
  }
}

/// Collects missing records, each once.
private struct MissingReferences {
  private(set) var references: [MissingReference] = []
  private var places: [[String]: Int] = [:]
  private var seen: Set<[String]> = []

  mutating func add(_ kind: ReferenceKind, _ name: String, _ event: String?) {
    add(kind.rawValue, name, event)
  }

  mutating func add(_ kind: String, _ name: String, _ event: String?) {
    let place = places[[kind, name]] ?? references.count
    if place == references.count {
      places[[kind, name]] = place
      references.append(MissingReference(kind: kind, name: name, events: []))
    }
    if let event, seen.insert([kind, name, event]).inserted {
      references[place].events.append(event)
    }
  }
}
