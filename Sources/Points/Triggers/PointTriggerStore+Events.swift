import Contacts
import Postgres
import Primitives

extension PointTriggerStore {
  /// The changes of a trigger's events.
  struct EventChanges {
    private var changed: [Event] = []
    private var added: [Event] = []
    private var removed: [Int64] = []

    /// The maximum number of events of a trigger.
    static let most = 100

    fileprivate struct Event: Equatable {
      var id: Int64?
      var name: String
      var description: String?
      var type: String
      var position: Int
      var properties: JSONValue
    }

    /// Creates validated changes. An id that no event of the trigger has belongs to another trigger, of which
    /// this is a copy: it is ignored.
    init(
      _ inputs: [PointTriggerEventInput], before: [PointTriggerEvent], replacing: Bool
    ) throws {
      let known = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      var named: Set<Int64> = []
      for (place, input) in inputs.enumerated() {
        let old = input.id.flatMap { known[$0] }
        let event = try Self.event(input, old, place: place, replacing: replacing)
        guard let old else {
          added.append(event)
          continue
        }
        guard named.insert(old.id).inserted else {
          throw InvalidInput("events[\(place)].id", "\(old.id) occurs twice")
        }
        if event != Event(old) { changed.append(event) }
      }
      if replacing { removed = before.map(\.id).filter { !named.contains($0) } }
      guard before.count - removed.count + added.count <= Self.most else {
        throw InvalidInput("events", "more than \(Self.most) events")
      }
    }

    var isEmpty: Bool { changed.isEmpty && added.isEmpty && removed.isEmpty }

    private static func event(
      _ input: PointTriggerEventInput, _ old: PointTriggerEvent?, place: Int, replacing: Bool
    ) throws -> Event {
      let member = "events[\(place)]"
      let word = input.type ?? old?.type
      guard let word, let type = PointTriggerEventType(rawValue: word) else {
        let known = PointTriggerEventType.allCases.map(\.rawValue).joined(separator: ", ")
        throw InvalidInput(
          "\(member).type", "\(InvalidInput.shown(word ?? "")) is none of \(known)")
      }
      guard old == nil || old?.type == word else {
        throw InvalidInput("\(member).type", "the type of an event cannot be changed")
      }
      let kept = replacing ? nil : old
      let name = try RecordText.name(
        input.name.flatMap { $0.isEmpty ? nil : $0 } ?? kept?.name ?? type.label,
        "\(member).name")
      let description =
        input.description == nil
        ? kept?.description
        : try RecordText.optional(input.description, "\(member).description", html: true)
      let position = input.position ?? kept?.position ?? place + 1
      guard Int32(exactly: position) != nil else {
        throw InvalidInput("\(member).order", "\(position) is no number of 32 bits")
      }
      let properties =
        input.properties == nil
        ? kept?.properties ?? .object([:])
        : try RuleProperties.read(input.properties, "\(member).properties")
      // Unchanged properties are not checked again, so that a trigger can be sent back whole.
      if properties != old?.properties { try EventProperties.check(type, properties, member) }
      return Event(
        id: old?.id, name: name, description: description, type: word, position: position,
        properties: properties)
    }

    func write(to trigger: Int64, on connection: PostgresConnection) async throws {
      guard !isEmpty else { return }
      var statements: [SQL] = []
      if !removed.isEmpty {
        statements.append("DELETE FROM point_trigger_events WHERE id = ANY (\(removed))")
      }
      for event in changed {
        statements.append(
          """
          UPDATE point_trigger_events SET name = \(event.name),
            description = \(event.description)::text, position = \(event.position)::integer,
            properties = \(try JSON(event.properties))
          WHERE id = \(event.id)
          """)
      }
      for event in added {
        statements.append(
          """
          INSERT INTO point_trigger_events
            (trigger_id, name, description, type, position, properties)
          VALUES (\(trigger), \(event.name), \(event.description)::text, \(event.type),
            \(event.position)::integer, \(try JSON(event.properties)))
          """)
      }
      try await connection.pipeline(statements)
    }
  }
}

extension PointTriggerStore.EventChanges.Event {
  fileprivate init(_ event: PointTriggerEvent) {
    id = event.id
    name = event.name
    description = event.description
    type = event.type
    position = event.position
    properties = event.properties
  }
}
