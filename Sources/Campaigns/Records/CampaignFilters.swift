import Postgres
package import Query
package import Segments

extension FilterRegistry {
  /// Adds membership of campaigns (segments.md 6): rows of inactive members do not count.
  package mutating func addCampaigns() {
    add([
      FilterField(
        "campaign", .records, topics: [.anyCampaign],
        source: .related(
          "campaign_members r WHERE r.contact_id = c.id AND r.is_active", value: "r.campaign_id",
          .record)
      ).titled("Campaign membership", in: .record, from: .campaigns)
    ])
  }
}

/// Search commands for contacts that refer to campaigns.
package enum CampaignSearch {
  /// `campaign:ID`, active members (contacts.md 11.3).
  package static let commands: [String: SearchCommand] = [
    "campaign": { text, _ in
      .ids(
        """
        SELECT contact_id FROM campaign_members
        WHERE is_active AND campaign_id = ANY (\(text.numbers))
        """)
    }
  ]
}
