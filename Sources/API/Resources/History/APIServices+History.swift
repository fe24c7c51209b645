import Campaigns
import Contacts
import Imports
import Mail

extension APIServices {
  /// What hangs on contacts, what happened to them, merging, and bulk actions.
  func historyRoutes(_ configuration: APIConfiguration) -> [Route] {
    let cap = configuration.maximumPageSize
    let notes = NoteResource(
      notes: NoteStore(pool: postgres), contacts: contacts, clock: jobs.clock, pageCap: cap)
    let devices = DeviceResource(
      devices: DeviceStore(pool: postgres), contacts: contacts, clock: jobs.clock, pageCap: cap)
    let timeline = TimelineStore(
      pool: postgres,
      sources: TimelineSource.contacts + [ImportTimeline.source] + TimelineSource.mail
        + TimelineSource.campaigns)
    return notes.routes + devices.routes
      + HistoryRoutes(
        timeline: timeline, contacts: contacts, notes: notes, devices: devices, clock: jobs.clock,
        pageCap: cap
      ).routes
      + MergeRoutes(
        merger: ContactMerger(
          fields: fields, tables: mergeTables, companies: { try await contactSettings().companies }),
        contacts: contacts, postgres: postgres, clock: jobs.clock
      ).routes
      + BulkRoutes(
        bulk: BulkService(
          jobs: jobs, fields: fields,
          actions: BulkActions([CampaignsBulkAction(campaigns.members)]), commands: searchCommands),
        jobs: jobs
      ).routes
  }
}
