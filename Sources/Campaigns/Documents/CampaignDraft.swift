import Contacts
import Fields
import Foundation
import Primitives

/// A campaign from a document, before its references are resolved here.
struct CampaignDraft {
  var input = CampaignInput()
  /// The category by its alias.
  var category: String?
  /// The sources by kind and name; nil where the document gives no name.
  var sources: [(kind: ReferenceKind, name: String?, text: String)] = []
  /// The names of referenced records, by kind and by id in the document.
  var names: [ReferenceKind: [Int64: String]] = [:]

  /// Reads a document of one of the two formats, checking only its form.
  ///
  /// - Throws: `CampaignError.invalid`.
  static func read(_ document: JSONValue) throws(CampaignError) -> [CampaignDraft] {
    if case .object = document, document["format"] != nil {
      return [try CampaignDraft(document)]
    }
    let drafts = try MauticDocument(document).drafts
    guard !drafts.isEmpty else {
      throw .invalid(
        InvalidInput(
          "format",
          "the document is neither of the format \(CampaignDocuments.format) nor an export of Mautic"
        ))
    }
    return drafts
  }

  /// Reads a document of this program's format.
  private init(_ document: JSONValue) throws(CampaignError) {
    func refuse(_ member: String, _ message: String) -> CampaignError {
      .invalid(InvalidInput(member, message))
    }
    guard document["format"]?.text == CampaignDocuments.format else {
      throw refuse(
        "format",
        "\(InvalidInput.shown(document["format"]?.text ?? "")) is not \(CampaignDocuments.format)")
    }
    guard document["formatVersion"]?.int == CampaignDocuments.version else {
      throw refuse(
        "formatVersion",
        """
        \(InvalidInput.shown(document["formatVersion"]?.text ?? "")) is not \
        \(CampaignDocuments.version), the only one known
        """)
    }
    guard case .object? = document["campaign"], let campaign = document["campaign"] else {
      throw refuse("campaign", "an object is required")
    }
    guard case .array(let events)? = document["events"] else {
      throw refuse("events", "a list is required")
    }
    try settings(campaign)
    input.canvas = campaign["canvasSettings"]
    category = campaign["category"]?["alias"]?.text
    if case .array(let list)? = document["sources"] {
      for source in list {
        guard let kind = source["kind"]?.text.flatMap(ReferenceKind.init(rawValue:)),
          [.segment, .form].contains(kind), let alias = source["alias"]?.text
        else { throw refuse("sources", "a source has a kind, segment or form, and an alias") }
        sources.append((kind, alias, alias))
      }
    }
    if case .object(let kinds)? = document["references"] {
      for (name, records) in kinds {
        guard let kind = ReferenceKind(rawValue: name), case .object(let records) = records else {
          continue
        }
        for (id, name) in records {
          if let id = Int64(id), let name = name.text { names[kind, default: [:]][id] = name }
        }
      }
    }
    try read(events)
  }

  /// Reads a campaign of an export of Mautic.
  init(mautic campaign: JSONValue, events: [JSONValue]) throws(CampaignError) {
    try settings(campaign)
    input.canvas = campaign["canvas_settings"] ?? campaign["canvasSettings"]
    try read(events)
  }

  private mutating func settings(_ campaign: JSONValue) throws(CampaignError) {
    for name in ["allowRestart", "allow_restart"] where !campaign.isTruth(name) {
      throw .invalid(InvalidInput("campaign.\(name)", "is neither true nor false"))
    }
    func member(_ name: String, _ column: String) -> JSONValue? {
      campaign[name] ?? campaign[column]
    }
    input.name = campaign["name"]?.text
    input.description = campaign["description"]?.text
    input.allowsRestart = campaign.truth(
      campaign["allowRestart"] == nil ? "allow_restart" : "allowRestart")
    input.publishUp = .some(member("publishUp", "publish_up")?.text.flatMap(InstantText.parse))
    input.publishDown = .some(
      member("publishDown", "publish_down")?.text.flatMap(InstantText.parse))
    // An import never publishes.
    input.isPublished = false
  }

  private mutating func read(_ events: [JSONValue]) throws(CampaignError) {
    var inputs: [EventInput] = []
    for event in events {
      guard var input = EventInput(json: event) else {
        throw .invalid(InvalidInput("events", "each event is an object with an id"))
      }
      // The channel follows from its properties, by the ids of this installation.
      input.channelID = nil
      if input.parent == nil { input.parent = .some(nil) }
      inputs.append(input)
    }
    input.events = inputs
  }
}

/// An export of Mautic 7: an object or a list of objects whose members are lists of records by table, and
/// `dependencies` between them.
struct MauticDocument {
  private var records: [String: [JSONValue]] = [:]
  private var dependencies: [JSONValue] = []
  private let isReadable: Bool

  init(_ document: JSONValue) {
    let parts: [JSONValue]
    if case .array(let items) = document { parts = items } else { parts = [document] }
    for part in parts {
      guard case .object(let members) = part else { continue }
      for (name, value) in members {
        switch value {
        case .array(let items): records[name, default: []] += items
        case .object: records[name, default: []].append(value)
        default: continue
        }
      }
    }
    dependencies = Self.objects(records["dependencies"] ?? [])
    isReadable = records["campaign"] != nil && records["campaign_event"] != nil
  }

  /// The maximum number of campaigns of a document.
  static let mostCampaigns = 1_000

  /// The campaigns in it, independent of each other; empty if it is not an export of Mautic.
  var drafts: [CampaignDraft] {
    get throws(CampaignError) {
      guard isReadable else { return [] }
      let campaigns = records["campaign"] ?? []
      guard campaigns.count <= Self.mostCampaigns else {
        throw .invalid(
          InvalidInput(
            "campaign", "at most \(Self.mostCampaigns) campaigns, not \(campaigns.count)"))
      }
      let (events, names) = (try events(of: campaigns), names)
      let links = Dictionary(grouping: dependencies.filter { $0["campaign_event"] == nil }) {
        $0["campaign"]?.int
      }
      var drafts: [CampaignDraft] = []
      for campaign in campaigns {
        let id = campaign["id"]?.int
        let events = events[id] ?? []
        var draft = try CampaignDraft(mautic: campaign, events: events)
        draft.names = names
        draft.sources = sources(
          links[id] ?? [], events, names, isAlone: campaigns.count == 1)
        drafts.append(draft)
      }
      return drafts
    }
  }

  /// Returns the events by the ids of their campaigns; those of a single campaign need not name it.
  private func events(
    of campaigns: [JSONValue]
  ) throws(CampaignError) -> [Int?: [JSONValue]] {
    var events: [Int?: [JSONValue]] = [:]
    for event in records["campaign_event"] ?? [] {
      if let campaign = event["campaign_id"] {
        events[campaign.int, default: []].append(event)
      } else if campaigns.count == 1 {
        events[campaigns[0]["id"]?.int, default: []].append(event)
      } else {
        throw .invalid(
          InvalidInput(
            "campaign_event", "an event has to name its campaign_id where there are several"))
      }
    }
    return events
  }

  /// The names of records, by kind and id.
  private var names: [ReferenceKind: [Int64: String]] {
    var names: [ReferenceKind: [Int64: String]] = [:]
    for (kind, members) in Self.tables {
      for record in members.flatMap({ records[$0] ?? [] }) {
        guard let id = record["id"]?.int, let name = record[Self.nameMember(kind)]?.text else {
          continue
        }
        names[kind, default: [:]][Int64(id)] = name
      }
    }
    return names
  }

  private static let tables: [(ReferenceKind, [String])] =
    ReferenceKind.allCases.map { ($0, $0.mauticTables) } + [(.campaign, ["campaign"])]

  private static func nameMember(_ kind: ReferenceKind) -> String {
    kind.location.column == "alias" ? "alias" : "name"
  }

  /// Returns the lists and forms on which the campaign itself depends; if the document does not say and
  /// holds no other campaign, the lists and forms that no event references.
  private func sources(
    _ dependencies: [JSONValue], _ events: [JSONValue], _ names: [ReferenceKind: [Int64: String]],
    isAlone: Bool
  ) -> [(kind: ReferenceKind, name: String?, text: String)] {
    var found: [(ReferenceKind, Int64)] = []
    for (kind, members) in [
      (ReferenceKind.segment, ["lists", "list"]), (.form, ["form", "forms"]),
    ] {
      for dependency in dependencies {
        for member in members { found += dependency.ids(at: member).map { (kind, $0) } }
      }
      if isAlone, !found.contains(where: { $0.0 == kind }) {
        let used = Set(
          events.flatMap { event in
            ReferenceKind.members(of: event["type"]?.text ?? "").filter { $0.kind == kind }
              .flatMap { (event["properties"] ?? .null).ids(at: $0.path) }
          })
        found += (names[kind] ?? [:]).keys.filter { !used.contains($0) }.sorted().map { (kind, $0) }
      }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert("\($0.0) \($0.1)").inserted }.map { kind, id in
      (kind, names[kind]?[id], names[kind]?[id] ?? String(id))
    }
  }

  /// Returns all objects in nested lists and objects that name a campaign.
  private static func objects(_ values: [JSONValue], depth: Int = 0) -> [JSONValue] {
    guard depth < 6 else { return [] }
    return values.flatMap { value -> [JSONValue] in
      switch value {
      case .array(let items): return objects(items, depth: depth + 1)
      case .object(let members):
        if members["campaign"]?.int != nil { return [value] }
        return objects(Array(members.values), depth: depth + 1)
      default: return []
      }
    }
  }
}
