public import Foundation
public import Postgres

/// The kinds of events in a contact's history (CON-100); the raw values are those of the wire format.
public enum TimelineEventType: String, Sendable, CaseIterable {
  case created = "lead.create"
  case identified = "lead.identified"
  case imported = "lead.imported"
  case doNotContact = "lead.donotcontact"
  case pointsGained = "point.gained"
  case stageChanged = "stage.changed"

  /// The name of the kind as people read it.
  public var name: String {
    switch self {
    case .created: "Contact created"
    case .identified: "Contact identified"
    case .imported: "Imported"
    case .doNotContact: "Do not contact"
    case .pointsGained: "Point gained"
    case .stageChanged: "Stage changed"
    }
  }
}

/// Something that happened to a contact.
public struct TimelineEvent: Sendable, Equatable {
  /// What kind of event.
  public var type: TimelineEventType
  /// A text that no other event has.
  public var id: String
  /// When.
  public var timestamp: Date
  /// To whom.
  public var contactID: Int64
  /// What else is known, by name: `importId`, `file`, `row` and `action` (`inserted`, `updated`) of an
  /// import;
  /// `channel`, `reason`, `comments` of a do-not-contact entry; `eventName`, `actionName`, `delta` of points;
  /// `stageId`, `stage` of a stage.
  public var details: [String: JSONValue]
}

/// Some events of a history.
public struct TimelinePage: Sendable {
  /// The events in the order asked for.
  public var events: [TimelineEvent]
  /// How many there are in all.
  public var total: Int
}

/// Histories of contacts in the database.
public struct TimelineStore: Sendable {
  /// By what a history can be ordered (CON-102).
  public enum Order: String, Sendable {
    case timestamp
    case type = "eventType"
  }

  private let pool: PostgresPool
  private let imports: SQL

  /// A store.
  ///
  /// - Parameters:
  ///   - pool: The database.
  ///   - imports: A query for the runs of imports, which are kept by the module above: number, instant of
  ///     the start, and name of the file. Without it an import counts as of the contact's creation.
  public init(
    pool: PostgresPool,
    imports: SQL = "SELECT NULL::bigint, NULL::timestamptz, NULL::text WHERE false"
  ) {
    self.pool = pool
    self.imports = imports
  }

  /// Events of one contact.
  ///
  /// - Parameters:
  ///   - contact: Whose.
  ///   - include: Only these kinds; empty means all.
  ///   - exclude: Not these kinds; wins over `include` (CON-101).
  ///   - from: Not before this instant.
  ///   - to: Not after this instant.
  ///   - order: By what; ties are broken by kind and number (CON-106).
  ///   - isDescending: Whether the newest comes first.
  ///   - start: How many to leave out from the beginning.
  ///   - limit: How many to return at most.
  /// - Returns: The events, and how many there are in all.
  /// - Throws: `PostgresError`.
  public func events(
    of contact: Int64, include: Set<TimelineEventType> = [],
    exclude: Set<TimelineEventType> = [], from: Date? = nil, to: Date? = nil,
    order: Order = .timestamp, isDescending: Bool = true, start: Int = 0, limit: Int = 25
  ) async throws -> TimelinePage {
    let wanted = (include.isEmpty ? Set(TimelineEventType.allCases) : include)
      .subtracting(exclude).map(\.rawValue).sorted()
    let direction: SQL = isDescending ? "DESC" : "ASC"
    let column: SQL = order == .type ? "type" : "at"
    let rows = try await pool.query(
      """
      WITH events AS MATERIALIZED (
        SELECT * FROM (\(sql: sources(contact))) AS all_events (type, number, at, details)
        WHERE type = ANY (\(wanted)) AND at >= coalesce(\(from), '-infinity'::timestamptz)
          AND at <= coalesce(\(to), 'infinity'::timestamptz)
      )
      SELECT total.count, page.* FROM (SELECT count(*) FROM events) AS total
      LEFT JOIN LATERAL (
        SELECT *, row_number() OVER (
            ORDER BY \(sql: column) \(sql: direction), type \(sql: direction),
              number \(sql: direction)) AS place
        FROM events ORDER BY place LIMIT \(max(0, limit)) OFFSET \(max(0, start))
      ) AS page ON true ORDER BY page.place
      """)
    let total: Int = try rows.first?.decode("count") ?? 0
    let events = try rows.compactMap { row -> TimelineEvent? in
      guard let name: String = try row.decode("type"),
        let type = TimelineEventType(rawValue: name)
      else { return nil }
      let number: String = try row.decode("number")
      let details: JSON = try row.decode("details")
      return TimelineEvent(
        type: type, id: name + number, timestamp: try row.decode("at"), contactID: contact,
        details: try details.decode([String: JSONValue].self))
    }
    return TimelinePage(events: events, total: total)
  }

  /// One query for each kind, giving kind, number, instant and details. Creation and identification are
  /// read from the contact's own dates.
  private func sources(_ contact: Int64) -> SQL {
    """
    SELECT 'lead.create', id::text, date_added, '{}'::jsonb FROM contacts WHERE id = \(contact)
    UNION ALL
    SELECT 'lead.identified', id::text, date_identified, '{}' FROM contacts
      WHERE id = \(contact) AND date_identified IS NOT NULL
    UNION ALL
    SELECT 'lead.imported', l.import_id || '-' || l.row_number, coalesce(run.at, c.date_added),
        jsonb_build_object('importId', l.import_id, 'file', run.file, 'row', l.row_number,
          'action', CASE l.action WHEN 1 THEN 'inserted' ELSE 'updated' END)
      FROM import_log l JOIN contacts c ON c.id = l.contact_id
      LEFT JOIN (\(sql: imports)) AS run (id, at, file) ON run.id = l.import_id
      WHERE l.contact_id = \(contact)
    UNION ALL
    SELECT 'lead.donotcontact', id::text, date_added,
        jsonb_build_object('channel', channel, 'reason', reason, 'comments', comments)
      FROM do_not_contact WHERE contact_id = \(contact)
    UNION ALL
    SELECT 'point.gained', id::text, date_added,
        jsonb_build_object('eventName', event_name, 'actionName', action_name, 'delta', delta)
      FROM points_log WHERE contact_id = \(contact)
    UNION ALL
    SELECT 'stage.changed', l.id::text, l.date_added,
        jsonb_build_object('stageId', l.stage_id, 'stage', s.name)
      FROM stage_log l LEFT JOIN stages s ON s.id = l.stage_id WHERE l.contact_id = \(contact)
    """
  }
}
