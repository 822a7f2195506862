//! An independent codec as judge: what we understand of layer 230, the generated types of grammers must understand too.

use std::collections::BTreeSet;

use grammers_tl_types::{Deserializable, Serializable, enums, functions, types};
use serde_json::json;
use telekeep_tl::{Schema, Type, bundled};

use crate::generate::{Content, Generator};

fn schema() -> &'static Schema {
    bundled(230).unwrap()
}

/// For every constructor of the type: TL → our JSON → TL, then through the typed codec, without a bit of difference.
fn agrees<T: Deserializable + Serializable>(generator: &mut Generator<'_>, ty: &str) {
    let Some(Type::Boxed(id)) = schema().type_of(ty) else {
        panic!("{ty} is not a type")
    };
    for combinator in schema().constructors_of(id) {
        for _ in 0..8 {
            let value = schema()
                .to_value(ty, &generator.combinator(combinator))
                .unwrap();
            let mut ours = Vec::new();
            schema().encode(ty, &value, &mut ours).unwrap();
            let typed = T::from_bytes(&ours)
                .unwrap_or_else(|error| panic!("{}: {error}", combinator.name()));
            assert_eq!(typed.to_bytes(), ours, "{}", combinator.name());
        }
    }
}

/// `messages::Dialogs` is the type `messages.Dialogs`; where the typed codec spells it differently: `DataJson = "DataJSON"`.
macro_rules! agree {
    (@name $path:expr) => { $path };
    (@name $path:expr, $name:literal) => { $name.to_owned() };
    ($($($part:ident)::+ $(= $name:literal)?),* $(,)?) => {{
        let mut generator = Generator::new(schema(), Content::Tame, 8);
        let mut seen = BTreeSet::new();
        $(
            let name = agree!(@name [$(stringify!($part)),+].join(".") $(, $name)?);
            agrees::<enums::$($part)::+>(&mut generator, &name);
            seen.insert(name);
        )*
        seen
    }};
}

#[test]
fn every_type_is_understood_by_the_typed_codec() {
    let seen = agree! {
        AccountDaysTtl = "AccountDaysTTL", InputBotInlineMessageId = "InputBotInlineMessageID",
        InlineBotSwitchPm = "InlineBotSwitchPM", DataJson = "DataJSON", InputCheckPasswordSrp = "InputCheckPasswordSRP",
        JsonobjectValue = "JSONObjectValue", Jsonvalue = "JSONValue", StatsUrl = "StatsURL", EmojiUrl = "EmojiURL",
        DefaultHistoryTtl = "DefaultHistoryTTL", messages::ComposedMessageWithAi = "messages.ComposedMessageWithAI",
        messages::ComposedRichMessageWithAi = "messages.ComposedRichMessageWithAI",
        AiComposeTone, AiComposeToneExample, AttachMenuBot, AttachMenuBotIcon, AttachMenuBotIconColor, AttachMenuBots,
        AttachMenuBotsBot, AttachMenuPeerType, AuctionBidLevel, Authorization, AutoDownloadSettings, AutoSaveException,
        AutoSaveSettings, AvailableEffect, AvailableReaction, BankCardOpenUrl, BaseTheme, Birthday, Boost, BotApp,
        BotAppSettings, BotBusinessConnection, BotCommand, BotCommandScope, BotInfo, BotInlineMessage, BotInlineResult,
        BotMenuButton, BotPreviewMedia, BotVerification, BotVerifierSettings, BusinessAwayMessage,
        BusinessAwayMessageSchedule, BusinessBotRecipients, BusinessBotRights, BusinessChatLink,
        BusinessGreetingMessage, BusinessIntro, BusinessLocation, BusinessRecipients, BusinessWeeklyOpen,
        BusinessWorkHours, ButtonType, CdnConfig, CdnPublicKey, ChannelAdminLogEvent, ChannelAdminLogEventAction,
        ChannelAdminLogEventsFilter, ChannelLocation, ChannelMessagesFilter, ChannelParticipant,
        ChannelParticipantsFilter, Chat, ChatAdminRights, ChatAdminWithInvites, ChatBannedRights, ChatFull, ChatInvite,
        ChatInviteImporter, ChatOnlines, ChatParticipant, ChatParticipants, ChatPhoto, ChatReactions, ChatTheme,
        CodeSettings, CommunityPeer, CommunityPeerRequest, Config, ConnectedBot, ConnectedBotStarRef, Contact,
        ContactBirthday, ContactStatus, CurrencyRate, DcOption, Dialog, DialogFilter, DialogFilterSuggested, DialogPeer,
        DisallowedGiftsSettings, Document, DocumentAttribute, DraftMessage, EmailVerification, EmailVerifyPurpose,
        EmojiGroup, EmojiKeyword, EmojiKeywordsDifference, EmojiLanguage, EmojiList, EmojiStatus, EncryptedChat,
        EncryptedFile, EncryptedMessage, EphemeralMessage, Error, ExportedChatInvite, ExportedChatlistInvite,
        ExportedContactToken, ExportedMessageLink, ExportedStoryLink, FactCheck, FileHash, Folder, FolderPeer,
        ForumTopic, FoundStory, Game, GeoPoint, GeoPointAddress, GlobalPrivacySettings, GroupCall, GroupCallDonor,
        GroupCallMessage, GroupCallParticipant, GroupCallParticipantVideo, GroupCallParticipantVideoSourceGroup,
        GroupCallStreamChannel, HighScore, ImportedContact, InlineBotWebView, InlineButtonType, InlineQueryPeerType,
        InputAiComposeTone, InputAppEvent, InputBotApp, InputBotInlineMessage, InputBotInlineResult,
        InputBusinessAwayMessage, InputBusinessBotRecipients, InputBusinessChatLink, InputBusinessGreetingMessage,
        InputBusinessIntro, InputBusinessRecipients, InputChannel, InputChatPhoto, InputChatTheme, InputChatlist,
        InputClientProxy, InputCollectible, InputContact, InputDialogPeer, InputDocument, InputEncryptedChat,
        InputEncryptedFile, InputFile, InputFileLocation, InputFolderPeer, InputGame, InputGeoPoint, InputGroupCall,
        InputInvoice, InputMedia, InputMessage, InputMessageReadMetric, InputNotifyPeer, InputPasskeyCredential,
        InputPasskeyResponse, InputPaymentCredentials, InputPeer, InputPeerNotifySettings, InputPhoneCall, InputPhoto,
        InputPrivacyKey, InputPrivacyRule, InputQuickReplyShortcut, InputReplyTo, InputRichFile, InputRichMessage,
        InputSavedStarGift, InputSecureFile, InputSecureValue, InputSingleMedia, InputStarGiftAuction,
        InputStarsTransaction, InputStickerSet, InputStickerSetItem, InputStickeredMedia, InputStorePaymentPurpose,
        InputTheme, InputThemeSettings, InputUser, InputWallPaper, InputWalletReplacement, InputWebDocument,
        InputWebFileLocation, Invoice, JoinChatBotResult, KeyboardButton, KeyboardButtonRow, KeyboardButtonStyle,
        KeyboardInlineButton, KeyboardInlineButtonRow, LabeledPrice, LangPackDifference, LangPackLanguage,
        LangPackString, MaskCoords, MediaArea, MediaAreaCoordinates, Message, MessageAction, MessageEntity,
        MessageExtendedMedia, MessageFwdHeader, MessageMedia, MessagePeerReaction, MessagePeerVote, MessageRange,
        MessageReactions, MessageReactor, MessageReplies, MessageReplyHeader, MessageReportOption, MessageViews,
        MessagesFilter, MissingInvitee, MyBoost, NearestDc, NotificationSound, NotifyPeer, Null, OnrampAvailability,
        OnrampLimits, OnrampMethodAvailability, OnrampProviderInfo, OnrampQuote, OnrampSession, OutboxReadDate, Page,
        PageBlock, PageButton, PageCaption, PageListItem, PageListOrderedItem, PageRelatedArticle, PageTableCell,
        PageTableRow, PaidReactionPrivacy, Passkey, PasswordKdfAlgo, PaymentCharge, PaymentFormMethod,
        PaymentRequestedInfo, PaymentSavedCredentials, Peer, PeerBlocked, PeerColor, PeerLocated, PeerNotifySettings,
        PeerSettings, PeerStories, PendingSuggestion, PhoneCall, PhoneCallDiscardReason, PhoneCallProtocol,
        PhoneConnection, Photo, PhotoSize, Poll, PollAnswer, PollAnswerVoters, PollResults, PopularContact, PostAddress,
        PostInteractionCounters, PremiumGiftCodeOption, PremiumSubscriptionOption, PrepaidGiveaway, PrivacyKey,
        PrivacyRule, ProfileTab, PublicForward, QuickReply, Reaction, ReactionCount, ReactionNotificationsFrom,
        ReactionsNotifySettings, ReadParticipantDate, ReceivedNotifyMessage, RecentMeUrl, RecentStory, ReplyMarkup,
        ReportReason, ReportResult, RequestPeerType, RequestedPeer, RequirementToContact, RestrictionReason,
        RichButtonStyle, RichMessage, RichText, SavedContact, SavedDialog, SavedReactionTag, SavedStarGift,
        SearchPostsFlood, SearchResultsCalendarPeriod, SearchResultsPosition, SecureCredentialsEncrypted, SecureData,
        SecureFile, SecurePasswordKdfAlgo, SecurePlainData, SecureRequiredType, SecureSecretSettings, SecureValue,
        SecureValueError, SecureValueHash, SecureValueType, SendAsPeer, SendMessageAction, ShippingOption, SmsJob,
        SponsoredMessage, SponsoredMessageReportOption, SponsoredPeer, StarGift, StarGiftActiveAuctionState,
        StarGiftAttribute, StarGiftAttributeCounter, StarGiftAttributeId, StarGiftAttributeRarity,
        StarGiftAuctionAcquiredGift, StarGiftAuctionRound, StarGiftAuctionState, StarGiftAuctionUserState,
        StarGiftBackground, StarGiftCollection, StarGiftUpgradePrice, StarRefProgram, StarsAmount, StarsGiftOption,
        StarsGiveawayOption, StarsGiveawayWinnersOption, StarsRating, StarsRevenueStatus, StarsSubscription,
        StarsSubscriptionPricing, StarsTopupOption, StarsTransaction, StarsTransactionPeer, StatsAbsValueAndPrev,
        StatsDateRangeDays, StatsGraph, StatsGroupTopAdmin, StatsGroupTopInviter, StatsGroupTopPoster,
        StatsPercentValue, StickerKeyword, StickerPack, StickerSet, StickerSetCovered, StoriesStealthMode, StoryAlbum,
        StoryFwdHeader, StoryItem, StoryReaction, StoryView, StoryViews, SuggestedPost, TextWithEntities, Theme,
        ThemeSettings, Timezone, TodoCompletion, TodoItem, TodoList, TonConnectManifest, TonConnectNextEventId,
        TonConnectRequest, TonConnectSession, TopPeer, TopPeerCategory, TopPeerCategoryPeers, True, Update, Updates,
        UrlAuthResult, User, UserFull, UserProfilePhoto, UserStatus, Username, VideoSize, WallPaper, WallPaperSettings,
        WalletOwnershipProof, WalletState, WalletTransaction, WalletTransactionPeer, WalletUserAddress,
        WebAuthorization, WebDocument, WebDomainException, WebPage, WebPageAttribute, WebViewMessageSent, WebViewResult,
        account::AuthorizationForm, account::Authorizations, account::AutoDownloadSettings, account::AutoSaveSettings,
        account::BusinessChatLinks, account::ChatThemes, account::ConnectedBots, account::ContentSettings,
        account::EmailVerified, account::EmojiStatuses, account::PaidMessagesRevenue,
        account::PasskeyRegistrationOptions, account::Passkeys, account::Password, account::PasswordInputSettings,
        account::PasswordSettings, account::PrivacyRules, account::ResetPasswordResult,
        account::ResolvedBusinessChatLinks, account::SavedMusicIds, account::SavedRingtone, account::SavedRingtones,
        account::SentEmailCode, account::Takeout, account::Themes, account::TmpPassword, account::WallPapers,
        account::WebAuthorizations, account::WebBrowserSettings, aicompose::Tones, auth::Authorization, auth::CodeType,
        auth::ExportedAuthorization, auth::FirebasePnvIntent, auth::LoggedOut, auth::LoginToken,
        auth::PasskeyLoginOptions, auth::PasswordRecovery, auth::SentCode, auth::SentCodeType, bots::AccessSettings,
        bots::BotInfo, bots::ExportedBotToken, bots::PopularAppBots, bots::PreviewInfo, bots::RequestedButton,
        channels::AdminLogResults, channels::ChannelParticipant, channels::ChannelParticipants, channels::SendAsPeers,
        channels::SponsoredMessageReportResult, chatlists::ChatlistInvite, chatlists::ChatlistUpdates,
        chatlists::ExportedChatlistInvite, chatlists::ExportedInvites, communities::ParticipantJoinedChats,
        communities::PeerLinkRequests, contacts::Blocked, contacts::ContactBirthdays, contacts::Contacts,
        contacts::Found, contacts::ImportedContacts, contacts::ResolvedPeer, contacts::SponsoredPeers,
        contacts::TopPeers, ephemeral::WelcomeMessages, fragment::CollectibleInfo, help::AppConfig, help::AppUpdate,
        help::CountriesList, help::Country, help::CountryCode, help::DeepLinkInfo, help::InviteText,
        help::PassportConfig, help::PeerColorOption, help::PeerColorSet, help::PeerColors, help::PremiumPromo,
        help::PromoData, help::RecentMeUrls, help::Support, help::SupportName, help::TermsOfService,
        help::TermsOfServiceUpdate, help::TimezonesList, help::UserInfo, messages::AffectedFoundMessages,
        messages::AffectedHistory, messages::AffectedMessages, messages::AllStickers, messages::ArchivedStickers,
        messages::AvailableEffects, messages::AvailableReactions, messages::BotApp, messages::BotCallbackAnswer,
        messages::BotPreparedInlineMessage, messages::BotResults, messages::ChatAdminsWithInvites, messages::ChatFull,
        messages::ChatInviteImporters, messages::ChatInviteJoinResult, messages::Chats,
        messages::CheckedHistoryImportPeer, messages::DhConfig, messages::DialogFilters, messages::Dialogs,
        messages::DiscussionMessage, messages::EmojiGameInfo, messages::EmojiGameOutcome, messages::EmojiGroups,
        messages::ExportedChatInvite, messages::ExportedChatInvites, messages::FavedStickers,
        messages::FeaturedStickers, messages::ForumTopics, messages::FoundStickerSets, messages::FoundStickers,
        messages::HighScores, messages::HistoryImport, messages::HistoryImportParsed, messages::InactiveChats,
        messages::InvitedUsers, messages::MessageEditData, messages::MessageReactionsList, messages::MessageViews,
        messages::Messages, messages::MyStickers, messages::PeerDialogs, messages::PeerSettings,
        messages::PreparedInlineMessage, messages::QuickReplies, messages::Reactions, messages::RecentStickers,
        messages::SavedDialogs, messages::SavedGifs, messages::SavedReactionTags, messages::SearchCounter,
        messages::SearchResultsCalendar, messages::SearchResultsPositions, messages::SentEncryptedMessage,
        messages::SponsoredMessages, messages::StickerSet, messages::StickerSetInstallResult, messages::Stickers,
        messages::TranscribedAudio, messages::TranslatedRichMessage, messages::TranslatedText, messages::VotesList,
        messages::WebPage, messages::WebPagePreview, payments::BankCardData, payments::CheckCanSendGiftResult,
        payments::CheckedGiftCode, payments::ConnectedStarRefBots, payments::CurrencyRates, payments::ExportedInvoice,
        payments::GiveawayInfo, payments::PaymentForm, payments::PaymentReceipt, payments::PaymentResult,
        payments::ResaleStarGifts, payments::SavedInfo, payments::SavedStarGifts, payments::StarGiftActiveAuctions,
        payments::StarGiftAuctionAcquiredGifts, payments::StarGiftAuctionState, payments::StarGiftCollections,
        payments::StarGiftUpgradeAttributes, payments::StarGiftUpgradePreview, payments::StarGiftWithdrawalUrl,
        payments::StarGifts, payments::StarsRevenueAdsAccountUrl, payments::StarsRevenueStats,
        payments::StarsRevenueWithdrawalUrl, payments::StarsStatus, payments::SuggestedStarRefBots,
        payments::UniqueStarGift, payments::UniqueStarGiftValueInfo, payments::ValidatedRequestedInfo,
        phone::ExportedGroupCallInvite, phone::GroupCall, phone::GroupCallStars, phone::GroupCallStreamChannels,
        phone::GroupCallStreamRtmpUrl, phone::GroupParticipants, phone::JoinAsPeers, phone::PhoneCall, photos::Photo,
        photos::Photos, premium::BoostsList, premium::BoostsStatus, premium::MyBoosts, smsjobs::EligibilityToJoin,
        smsjobs::Status, stats::BroadcastStats, stats::MegagroupStats, stats::MessageStats, stats::PollStats,
        stats::PublicForwards, stats::StoryStats, stickers::SuggestedShortName, storage::FileType, stories::Albums,
        stories::AllStories, stories::CanSendStoryCount, stories::FoundStories, stories::PeerStories, stories::Stories,
        stories::StoryReactionsList, stories::StoryViews, stories::StoryViewsList, toncenter::ApiResponse,
        toncenter::StreamingUrl, updates::ChannelDifference, updates::Difference, updates::State, upload::CdnFile,
        upload::File, upload::WebFile, users::SavedMusic, users::UserFull, users::Users,
        wallet::EncryptedSecretPhrasePart, wallet::ExistingBalance, wallet::HolderDc, wallet::NftAttribute,
        wallet::NftItem, wallet::NftItems, wallet::ProofChallenge, wallet::SecretPhraseParts,
        wallet::TonConnectChallenge, wallet::TonConnectPending, wallet::TonConnectSessions, wallet::Transactions,
        wallet::UserAddresses
    };
    let all: BTreeSet<_> = schema()
        .constructors()
        .map(|one| one.type_name().to_owned())
        .filter(|ty| ty != "Bool")
        .collect();
    assert_eq!(seen, all);
}

#[test]
fn fields_mean_the_same() {
    let value = json!({"_": "message", "silent": true, "pinned": true, "id": 5, "from_id": {"_": "peerUser", "user_id": 77},
        "peer_id": {"_": "peerChannel", "channel_id": 1_i64 << 40}, "date": 7, "message": "жираф", "views": 3, "forwards": 4, "effect": -9,
        "entities": [{"_": "messageEntityTextUrl", "offset": 1, "length": 2, "url": "https://example.org"}],
        "media": {"_": "messageMediaGeo", "geo": {"_": "geoPoint", "lat": 52.52, "long": -0.1, "access_hash": 4}}});
    let mut bytes = Vec::new();
    schema().encode("Message", &value, &mut bytes).unwrap();
    let Ok(enums::Message::Message(message)) = enums::Message::from_bytes(&bytes) else {
        panic!("not a message")
    };
    assert!(message.silent && message.pinned && !message.out && !message.post);
    assert_eq!(
        (message.id, message.date, message.message.as_str()),
        (5, 7, "жираф")
    );
    assert_eq!(
        (
            message.views,
            message.forwards,
            message.effect,
            message.grouped_id
        ),
        (Some(3), Some(4), Some(-9), None)
    );
    assert_eq!(
        message.from_id,
        Some(types::PeerUser { user_id: 77 }.into())
    );
    assert_eq!(
        message.peer_id,
        types::PeerChannel {
            channel_id: 1 << 40
        }
        .into()
    );
    let url = types::MessageEntityTextUrl {
        offset: 1,
        length: 2,
        url: "https://example.org".into(),
    };
    assert_eq!(message.entities, Some(vec![url.into()]));
    let geo = types::GeoPoint {
        lat: 52.52,
        long: -0.1,
        access_hash: 4,
        accuracy_radius: None,
    };
    assert_eq!(
        message.media,
        Some(types::MessageMediaGeo { geo: geo.into() }.into())
    );
}

#[test]
fn what_the_typed_codec_writes_is_read() {
    let document = types::Document {
        id: 1,
        access_hash: -2,
        file_reference: vec![1, 2, 3],
        date: 3,
        mime_type: "video/mp4".into(),
        size: 1 << 33,
        thumbs: Some(vec![
            types::PhotoStrippedSize {
                r#type: "i".into(),
                bytes: vec![0xff; 300],
            }
            .into(),
        ]),
        video_thumbs: None,
        dc_id: 4,
        attributes: vec![
            enums::DocumentAttribute::Animated,
            types::DocumentAttributeFilename {
                file_name: "a\"b".into(),
            }
            .into(),
        ],
    };
    let value = schema()
        .to_value("Document", &enums::Document::from(document).to_bytes())
        .unwrap();
    assert_eq!(value["file_reference"], "AQID");
    assert_eq!(value["size"], 1_i64 << 33);
    assert_eq!(value["thumbs"][0]["bytes"], "////".repeat(100));
    assert_eq!(
        value["attributes"],
        json!([{"_": "documentAttributeAnimated"}, {"_": "documentAttributeFilename", "file_name": "a\"b"}])
    );
    assert!(value.get("video_thumbs").is_none());
}

#[test]
fn requests_are_written_the_same() {
    let typed = functions::InvokeWithLayer {
        layer: 230,
        query: functions::messages::GetHistory {
            peer: types::InputPeerChannel {
                channel_id: 5,
                access_hash: 6,
            }
            .into(),
            offset_id: 7,
            offset_date: 0,
            add_offset: -100,
            limit: 100,
            max_id: 0,
            min_id: 0,
            hash: -1,
        },
    };
    let ours = json!({"_": "invokeWithLayer", "layer": 230, "query": {"_": "messages.getHistory",
        "peer": {"_": "inputPeerChannel", "channel_id": 5, "access_hash": 6},
        "offset_id": 7, "offset_date": 0, "add_offset": -100, "limit": 100, "max_id": 0, "min_id": 0, "hash": -1}});
    let mut bytes = Vec::new();
    schema().encode("", &ours, &mut bytes).unwrap();
    assert_eq!(bytes, typed.to_bytes());
    assert_eq!(schema().to_value("", &bytes).unwrap(), ours);
}
