extension MCPTool {
  /// All tools, in the order in which they are listed.
  static let all = contacts + segments + campaigns + statistics

  private static let contacts = [
    MCPTool(
      name: "contacts_search", description: "Searches contacts; the answer has total and contacts.",
      method: .get, path: "/api/contacts", parameters: MCPParameter.list),
    MCPTool(
      name: "contacts_get", description: "One contact with all fields, tags and owner.",
      method: .get, path: "/api/contacts/{id}", parameters: [.id("id", of: "contact")]),
    MCPTool(
      name: "contacts_history", description: "What happened to a contact, the newest first.",
      method: .get, path: "/api/contacts/{id}/activity",
      parameters: [.id("id", of: "contact")] + MCPParameter.paging),
    MCPTool(
      name: "contacts_create",
      description: "Creates a contact, or changes the one with the same unique identifier.",
      method: .post, path: "/api/contacts/new",
      parameters: [.body("Values by the alias of the field, such as email, and tags, a list")]),
    MCPTool(
      name: "contacts_update",
      description: "Changes what is named of a contact and leaves the rest.",
      method: .patch, path: "/api/contacts/{id}/edit",
      parameters: [
        .id("id", of: "contact"), .body("Values by the alias of the field; -name in tags removes"),
      ]),
  ]

  private static let segments = [
    MCPTool(
      name: "segments_list", description: "Segments: named sets of contacts.", method: .get,
      path: "/api/segments", parameters: MCPParameter.list),
    MCPTool(
      name: "segments_get", description: "One segment with its filters.", method: .get,
      path: "/api/segments/{id}", parameters: [.id("id", of: "segment")]),
    MCPTool(
      name: "segments_members", description: "The contacts in a segment.", method: .get,
      path: "/api/contacts",
      parameters: [
        MCPParameter(
          name: "alias", place: .segment, type: "string", description: "Alias of the segment",
          isRequired: true)
      ] + MCPParameter.paging),
    MCPTool(
      name: "segments_add_contact", description: "Puts a contact into a segment by hand.",
      method: .post, path: "/api/segments/{id}/contact/{cid}/add",
      parameters: [.id("id", of: "segment"), .id("cid", of: "contact")]),
    MCPTool(
      name: "segments_remove_contact", description: "Takes a contact out of a segment by hand.",
      method: .post, path: "/api/segments/{id}/contact/{cid}/remove",
      parameters: [.id("id", of: "segment"), .id("cid", of: "contact")]),
  ]

  private static let campaigns = [
    MCPTool(
      name: "campaigns_list", description: "Campaigns: graphs of events for contacts.",
      method: .get, path: "/api/campaigns", parameters: MCPParameter.list),
    MCPTool(
      name: "campaigns_get", description: "One campaign with its events and sources.",
      method: .get, path: "/api/campaigns/{id}", parameters: [.id("id", of: "campaign")]),
    MCPTool(
      name: "campaigns_members", description: "The members of a campaign, and what they wait for.",
      method: .get, path: "/api/campaigns/{id}/members",
      parameters: [.id("id", of: "campaign")] + MCPParameter.paging),
    MCPTool(
      name: "campaigns_statistics",
      description: "What came of a campaign's events, in all and by day.", method: .get,
      path: "/api/campaigns/{id}/stats",
      parameters: [
        .id("id", of: "campaign"), .query("dateFrom", "First day, such as 2026-01-31, in UTC"),
        .query("dateTo", "Last day, in UTC"),
      ]),
    MCPTool(
      name: "campaigns_upcoming", description: "What is next to happen in all live campaigns.",
      method: .get, path: "/api/campaigns/upcoming", parameters: MCPParameter.paging),
    MCPTool(
      name: "campaigns_simulate",
      description: "Runs a campaign for contacts, real or invented, and undoes it; sends nothing.",
      method: .post, path: "/api/campaigns/{id}/simulate",
      parameters: [
        .id("id", of: "campaign"),
        member("contacts", "array", "Ids, or objects with fields, tags and segments", true),
        member("acts", "array", "What contacts do: objects as the interface's page has them"),
        member("start", "string", "Time at which it begins, such as 2026-01-31 09:00:00"),
        member("until", "string", "Time or duration at which it ends"),
        member("campaign", "object", "What is changed of the saved campaign"),
      ]),
  ]

  private static let statistics = [
    MCPTool(
      name: "statistics_tables", description: "The tables of raw rows and their columns.",
      method: .get, path: "/api/stats", parameters: []),
    MCPTool(
      name: "statistics_rows", description: "Rows of a table.", method: .get,
      path: "/api/stats/{table:text}",
      parameters: [
        MCPParameter(
          name: "table", place: .path, type: "string",
          description: "The table, such as email_stats", isRequired: true),
        MCPParameter(
          name: "where", place: .query, type: "array",
          description: "Conditions: objects with col, expr (eq, neq, gt, lt, like …) and val"),
        MCPParameter(
          name: "order", place: .query, type: "array",
          description: "Orders: objects with col and dir (ASC, DESC)"),
      ] + MCPParameter.paging),
  ]

  private static func member(
    _ name: String, _ type: String, _ description: String, _ isRequired: Bool = false
  ) -> MCPParameter {
    MCPParameter(
      name: name, place: .member, type: type, description: description, isRequired: isRequired)
  }
}
