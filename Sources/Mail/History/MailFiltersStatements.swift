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
        source: .related("\(sql: sends) AND r.is_read", value: "r.email_id", .record)
      ).titled("Opened any of these e-mails", in: .email, from: .emails),
      FilterField(
        "lead_email_read_by_person", object: .behaviors, .records, operators: FilterKind.lists,
        topics: [.emailRead],
        source: .related(
          "\(sql: sends) AND r.is_read AND NOT r.is_machine_read", value: "r.email_id", .record)
      ).titled("Opened any of these e-mails, machines left out", in: .email, from: .emails),
      FilterField(
        "lead_email_sent", object: .behaviors, .records, operators: FilterKind.lists,
        topics: [.emailSent],
        source: .related(
          "\(sql: sends) AND r.state IN (\(sql: SendState.deliveredList))", value: "r.email_id",
          .record)
      ).titled("Was sent any of these e-mails", in: .email, from: .emails),
      FilterField(
        "lead_email_sent_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailSent],
        source: .related(
          "\(sql: sends) AND r.state IN (\(sql: SendState.deliveredList))", value: "r.sent_at",
          .instant)
      ).titled("Date an e-mail was sent", in: .email),
      FilterField(
        "lead_email_read_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailRead],
        source: .related("\(sql: sends) AND r.is_read", value: "r.read_at", .instant)
      ).titled("Date an e-mail was opened", in: .email),
      FilterField(
        "lead_email_read_count", object: .behaviors, .number,
        operators: FilterKind.order.union([.equal]), topics: [.emailRead],
        source: .value(
          "(SELECT coalesce(sum(r.open_count), 0)::integer FROM \(sql: sends))", .integer,
          isNeverNull: true)
      ).titled("Number of opens", in: .email),
      FilterField(
        "email_id", object: .behaviors, .boolean, topics: [.emailClicked],
        source: .existence(hits)
      ).titled("Clicked a link in any e-mail", in: .email),
      FilterField(
        "email_clicked_link_date", object: .behaviors, .datetime, operators: order,
        topics: [.emailClicked], source: .related(hits, value: "r.at", .instant)
      ).titled("Date of a click in an e-mail", in: .email),
    ])
  }
}
