import Assets
import Campaigns
import Contacts
import DynamicContents
import Focus
import Forms
import Imports
import Mail
import Points
import Segments
import Tracking
import Webhooks

/// Extensions of contacts and segments by the modules above. Each list exists once: the API and the workers
/// are given the same one, since a table that only one of them knows would lose its rows in a merge.
struct Registries: Sendable {
  /// Tables whose rows move when contacts are merged.
  let mergeTables =
    MergeTable.contacts + MergeTable.segments + MergeTable.imports + MergeTable.points
    + MergeTable.mail + MergeTable.campaigns + MergeTable.forms + MergeTable.assets
    + MergeTable.tracking + MergeTable.dynamicContents + MergeTable.focus
  /// Commands added to the search for contacts.
  let searchCommands = SegmentSearch.commands.merging(ImportSearch.commands) { $1 }
    .merging(MailSearch.commands) { $1 }.merging(CampaignSearch.commands) { $1 }
  /// Sources of a contact's timeline.
  let timelineSources =
    TimelineSource.contacts + [.segmentMembership, ImportTimeline.source] + TimelineSource.mail
    + [.pageHits, .videoHits, .events] + TimelineSource.campaigns + TimelineSource.forms
    + TimelineSource.assets
    + TimelineSource.dynamicContents
  /// Tables of raw rows that the API serves.
  let statsTables =
    StatsTable.contacts + StatsTable.segments + StatsTable.points + StatsTable.mail
    + StatsTable.campaigns + StatsTable.forms + StatsTable.webhooks + StatsTable.assets
    + StatsTable.tracking + StatsTable.dynamicContents + StatsTable.focus
  /// Actions on many contacts at once.
  let bulkActions: BulkActions

  /// - Parameter campaigns: Adds contacts to campaigns and removes them.
  init(campaigns: CampaignMembers) {
    bulkActions = BulkActions([SegmentsBulkAction(), CampaignsBulkAction(campaigns)])
  }

  /// Filters of segments beside those on fields.
  static let filters: FilterRegistry = {
    var registry = FilterRegistry.contacts
    registry.addPoints()
    registry.addMail()
    registry.addTracking()
    registry.addEvents()
    registry.addCampaigns()
    registry.addAssets()
    return registry
  }()
}
