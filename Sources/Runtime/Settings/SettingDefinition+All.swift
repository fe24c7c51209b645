import Foundation
import Primitives

extension SettingDefinition {
  /// Every setting, by groups, in the order of the listing.
  package static let all: [SettingDefinition] = system + records + mail + tracking + access

  private static let system: [SettingDefinition] =
    of(
      .general,
      [
        Setting<TimeZone>.timeZone, Setting<Int>.auditRetentionDays,
        Setting<[IPNetwork]>.trustedProxies, Setting<Bool>.webhookAllowPrivate,
      ])
    + of(.files, [Setting<Int>.assetSizeLimit, Setting<String>.allowedExtensions])

  private static let records: [SettingDefinition] =
    of(
      .contacts,
      [
        Setting<Bool>.contactMatchesAnyIdentifier, Setting<Bool>.companyMatchesAnyIdentifier,
        Setting<Bool>.contactAllowMultipleCompanies, Setting<Bool>.createFieldsInBackground,
      ])
    + of(
      .segments,
      [
        Setting<Bool>.segmentsExcludeVisitors, Setting<Int>.segmentRebuildInterval,
        Setting<Int>.segmentStaleHours, Setting<Int>.segmentSlowSeconds,
      ])
    + of(
      .transfer,
      [
        Setting<Int>.parallelImportLimit, Setting<Int>.backgroundImportRows,
        Setting<Int>.importSizeLimit, Setting<Int>.exportDays, Setting<Int>.exportLimit,
        Setting<Int>.parallelExportLimit,
      ])
    + of(
      .campaigns,
      [
        Setting<Int>.campaignRetryInterval, Setting<Int>.campaignMaxAttempts,
        Setting<Int>.campaignRestartPause,
      ])

  private static let mail: [SettingDefinition] =
    of(
      .email,
      [
        Setting<String>.mailerFromName, Setting<String>.mailerFromAddress,
        Setting<Bool>.mailerIsOwner, Setting<String>.mailerReplyTo,
        Setting<String>.mailerReturnPath, Setting<String>.unsubscribeMailbox,
        Setting<String>.bounceMailbox, Setting<String>.verifiedDomains,
        Setting<String>.signatureText, Setting<String>.webviewText, Setting<Bool>.trackingPixel,
        Setting<Bool>.trackableLinks, Setting<String>.untrackedLinks, Setting<String>.dateFormat,
        Setting<String>.timeFormat,
      ])
    + of(
      .delivery,
      [
        Setting<Int>.emailFrequencyNumber, Setting<String>.emailFrequencyTime,
        Setting<Int>.mailPerSecond, Setting<Int>.mailPerHour, Setting<Int>.mailPerDay,
        Setting<Int>.mailConnections, Setting<Int>.mailPerConnection, Setting<Int>.mailSizeLimit,
      ])
    + of(
      .preferences,
      [
        Setting<String>.unsubscribeText, Setting<String>.unsubscribeMessage,
        Setting<String>.resubscribeMessage, Setting<Bool>.asksBeforeUnsubscribing,
        Setting<Bool>.showsPreferences, Setting<Bool>.showsFrequency, Setting<Bool>.showsPause,
        Setting<Bool>.showsChannels, Setting<Bool>.showsCategories, Setting<Bool>.showsSegments,
      ])
    + of(
      .machines,
      [
        Setting<String>.prefetchAgents, Setting<[IPNetwork]>.prefetchNetworks,
        Setting<String>.scannerAgents, Setting<[IPNetwork]>.scannerNetworks,
        Setting<Int>.scannerDelivery, Setting<Int>.scannerWindow, Setting<Bool>.hiddenLink,
      ])

  private static let tracking: [SettingDefinition] =
    of(
      .visitors,
      [
        Setting<String>.contactIdentifiersOperator, Setting<Bool>.trackContactByIP,
        Setting<Bool>.trackByTrackingURL, Setting<String>.placeDatabase, Setting<Int>.pageHitDays,
        Setting<Int>.deviceDays,
      ])
    + of(
      .privacy,
      [
        Setting<String>.privacySignals, Setting<Bool>.obeyDoNotTrack, Setting<Bool>.anonymizeIP,
        Setting<Bool>.trackPrivateRanges, Setting<Bool>.ignorePrivateRanges,
        Setting<String>.internalAddresses, Setting<String>.ignoredAddresses,
        Setting<String>.ignoredAgents,
      ])
    + of(
      .sites,
      [
        Setting<Bool>.corsRestrictDomains, Setting<String>.corsValidDomains,
        Setting<String>.cookieDomain, Setting<String>.cookiePath, Setting<Bool>.cookieSecure,
        Setting<Bool>.cookieHTTPOnly,
      ])
    + of(
      .services,
      [
        Setting<String>.analyticsID, Setting<Bool>.analyticsOnTrackedPages,
        Setting<Bool>.analyticsOnLandingPages, Setting<Bool>.analyticsAnonymizesIP,
        Setting<String>.pixelID, Setting<Bool>.pixelOnTrackedPages,
        Setting<Bool>.pixelOnLandingPages,
      ])

  private static let access: [SettingDefinition] =
    of(
      .api,
      [
        Setting<Bool>.apiEnabled, Setting<Bool>.apiBasicEnabled, Setting<Int>.apiRateLimit,
        Setting<Int>.apiTokenRateLimit, Setting<Int>.formRateLimit, Setting<Int>.apiPageLimit,
        Setting<Int>.idempotencyHours, Setting<Int>.accessTokenMinutes,
        Setting<Int>.refreshTokenDays,
      ])
    + of(
      .login,
      [
        Setting<Int>.sessionIdleMinutes, Setting<String>.openIDIssuer,
        Setting<String>.openIDClientID, Setting<String>.openIDName,
        Setting<Bool>.openIDLinksByEmail, Setting<Bool>.openIDCreatesUsers, Setting<Int>.openIDRole,
      ])

  private static func of(
    _ group: SettingGroup, _ settings: [any ListedSetting]
  ) -> [SettingDefinition] {
    settings.map { $0.definition(in: group) }
  }
}
