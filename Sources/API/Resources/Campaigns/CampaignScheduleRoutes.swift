import Campaigns

/// `/api/campaigns/schedule` (API page, 8.4): what all campaigns will do, and when, beyond what waits as jobs already.
struct CampaignScheduleRoutes: Sendable {
  let campaigns: Campaigns
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/campaigns/schedule", needs: .administrator) { request in
        let paging = Paging(request.query, cap: min(pageCap, 200))
        let buckets = try await campaigns.future.buckets(limit: paging.limit)
        return APIResponse(json: [
          "schedule": .array(
            buckets.map {
              [
                "dateBegin": JSONValue($0.begin), "dateEnd": JSONValue($0.end),
                "entries": .int($0.entries), "campaign": JSONValue($0.campaign),
                "campaignName": JSONValue($0.campaignName), "event": .int(Int($0.event)),
                "eventName": JSONValue($0.eventName),
              ]
            })
        ])
      }.described(
        "List what campaigns will do, by intervals", query: "limit:integer", answer: "schedule:list"
      )
    ]
  }
}
