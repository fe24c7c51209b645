import Postgres
package import Segments

extension FilterRegistry {
  /// Adds the filters on e-mails (segments.md 6).
  package mutating func addMail() {
    let order = FilterKind.equality.union(FilterKind.order)
    let sends: SQL = "email_sends r WHERE r.contact_id = c.id"
    let hits: SQL = """
      link_hits r WHERE r.contact_id = c.id AND r.send_id IS NOT NULL
        AND r.machine_reason IS NULL
      """
    add([
      FilterField(
        "lead_email_received", object: .behaviors, .records, operators: FilterKind.lists,
        topics: [.emailRead],
        source: .related("\(sql: sends) AND r.is_read", value: "r.email_id", .record)),
      FilterField(
        "lead_email_read_by_person", object: .behaviors, .records, operators: FilterKind.lists,
        topics: [.emailRead],
        source: .related(
          "\(sql: sends) AND r.is_read AND NOT r.is_machine_read", value: "r.email_id", .record)),
      FilterField(
        "lead_email_sent", object: .behaviors, .records, operators: FilterKind.lists,
        topics: [.emailSent],
        source: .related(
          "\(sql: sends) AND r.state IN (\(sql: SendState.deliveredList))", value: "r.email_id",
          .record)),
      FilterField(
        "lead_email_sent_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailSent],
        source: .related(
          "\(sql: sends) AND r.state IN (\(sql: SendState.deliveredList))", value: "r.sent_at",
          .instant)),
      FilterField(
        "lead_email_read_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailRead],
        source: .related("\(sql: sends) AND r.is_read", value: "r.read_at", .instant)),
      FilterField(
        "lead_email_read_count", object: .behaviors, .number,
        operators: FilterKind.order.union([.equal]), topics: [.emailRead],
        source: .value(
          "(SELECT coalesce(sum(r.open_count), 0)::integer FROM \(sql: sends))", .integer,
          isNeverNull: true)),
      FilterField(
        "email_id", object: .behaviors, .boolean, topics: [.emailClicked],
        source: .existence(hits)),
      FilterField(
        "email_clicked_link_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailClicked], source: .related(hits, value: "r.at", .instant)),
    ])
  }
}
