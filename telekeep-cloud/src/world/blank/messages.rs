//! Messages and what they carry.

use grammers_tl_types::{enums, types};

pub(crate) fn message(peer_id: enums::Peer) -> types::Message {
    types::Message {
        out: false,
        mentioned: false,
        media_unread: false,
        silent: false,
        post: false,
        from_scheduled: false,
        legacy: false,
        edit_hide: false,
        pinned: false,
        noforwards: false,
        invert_media: false,
        offline: false,
        video_processing_pending: false,
        paid_suggested_post_stars: false,
        paid_suggested_post_ton: false,
        id: 0,
        from_id: None,
        from_boosts_applied: None,
        from_rank: None,
        peer_id,
        saved_peer_id: None,
        fwd_from: None,
        via_bot_id: None,
        via_business_bot_id: None,
        guestchat_via_from: None,
        reply_to: None,
        date: 0,
        message: String::new(),
        media: None,
        reply_markup: None,
        entities: None,
        views: None,
        forwards: None,
        replies: None,
        edit_date: None,
        post_author: None,
        grouped_id: None,
        reactions: None,
        restriction_reason: None,
        ttl_period: None,
        quick_reply_shortcut_id: None,
        effect: None,
        factcheck: None,
        report_delivery_until_date: None,
        paid_message_stars: None,
        suggested_post: None,
        schedule_repeat_period: None,
        summary_from_language: None,
        rich_message: None,
    }
}

pub(crate) fn draft_message() -> types::DraftMessage {
    types::DraftMessage {
        no_webpage: false,
        invert_media: false,
        reply_to: None,
        message: String::new(),
        entities: None,
        media: None,
        date: 0,
        effect: None,
        suggested_post: None,
        rich_message: None,
    }
}

pub(crate) fn message_service(
    peer_id: enums::Peer,
    action: enums::MessageAction,
) -> types::MessageService {
    types::MessageService {
        out: false,
        mentioned: false,
        media_unread: false,
        reactions_are_possible: false,
        silent: false,
        post: false,
        legacy: false,
        id: 0,
        from_id: None,
        peer_id,
        saved_peer_id: None,
        reply_to: None,
        date: 0,
        action,
        reactions: None,
        ttl_period: None,
    }
}

pub(crate) fn message_fwd_header() -> types::MessageFwdHeader {
    types::MessageFwdHeader {
        imported: false,
        saved_out: false,
        from_id: None,
        from_name: None,
        date: 0,
        channel_post: None,
        post_author: None,
        saved_from_peer: None,
        saved_from_msg_id: None,
        saved_from_id: None,
        saved_from_name: None,
        saved_date: None,
        psa_type: None,
    }
}

pub(crate) fn message_reply_header() -> types::MessageReplyHeader {
    types::MessageReplyHeader {
        reply_to_scheduled: false,
        forum_topic: false,
        quote: false,
        reply_to_ephemeral: false,
        reply_to_msg_id: None,
        reply_to_peer_id: None,
        reply_from: None,
        reply_media: None,
        reply_to_top_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        todo_item_id: None,
        poll_option: None,
    }
}

pub(crate) fn web_page() -> types::WebPage {
    types::WebPage {
        has_large_media: false,
        video_cover_photo: false,
        id: 0,
        url: String::new(),
        display_url: String::new(),
        hash: 0,
        r#type: None,
        site_name: None,
        title: None,
        description: None,
        photo: None,
        embed_url: None,
        embed_type: None,
        embed_width: None,
        embed_height: None,
        duration: None,
        author: None,
        document: None,
        cached_page: None,
        attributes: None,
    }
}

pub(crate) fn document() -> types::Document {
    types::Document {
        id: 0,
        access_hash: 0,
        file_reference: Vec::new(),
        date: 0,
        mime_type: String::new(),
        size: 0,
        thumbs: None,
        video_thumbs: None,
        dc_id: 0,
        attributes: Vec::new(),
    }
}

pub(crate) fn poll(question: enums::TextWithEntities) -> types::Poll {
    types::Poll {
        id: 0,
        closed: false,
        public_voters: false,
        multiple_choice: false,
        quiz: false,
        open_answers: false,
        revoting_disabled: false,
        shuffle_answers: false,
        hide_results_until_close: false,
        creator: false,
        subscribers_only: false,
        question,
        answers: Vec::new(),
        close_period: None,
        close_date: None,
        countries_iso2: None,
        hash: 0,
    }
}

pub(crate) fn poll_results() -> types::PollResults {
    types::PollResults {
        min: false,
        has_unread_votes: false,
        can_view_stats: false,
        results: None,
        total_voters: None,
        recent_voters: None,
        solution: None,
        solution_entities: None,
        solution_media: None,
    }
}

pub(crate) fn message_reactions() -> types::MessageReactions {
    types::MessageReactions {
        min: false,
        can_see_list: false,
        reactions_as_tags: false,
        results: Vec::new(),
        recent_reactions: None,
        top_reactors: None,
    }
}

pub(crate) fn message_media_document() -> types::MessageMediaDocument {
    types::MessageMediaDocument {
        nopremium: false,
        spoiler: false,
        video: false,
        round: false,
        voice: false,
        document: None,
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
}

pub(crate) fn message_media_photo() -> types::MessageMediaPhoto {
    types::MessageMediaPhoto {
        spoiler: false,
        live_photo: false,
        photo: None,
        ttl_seconds: None,
        video: None,
    }
}
