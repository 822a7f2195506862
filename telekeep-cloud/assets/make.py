"""Draws the pictures of the local cloud: five scenes, four portraits, stickers, a page.

Called by make.sh. Everything is drawn from shapes, so that the files are small and ours.
"""
import gzip
import io
import json
import math
import random

from PIL import Image, ImageDraw

W, H = 1280, 960


def sky(d, top, bottom, height=H):
    for y in range(height):
        k = y / height
        d.line([(0, y), (W, y)], fill=tuple(int(a + (b - a) * k) for a, b in zip(top, bottom)))


def hills(d, base, amp, freq, phase, colour):
    points = [(x, base + amp * math.sin(x / freq + phase) + amp / 3 * math.sin(x / freq * 2.7)) for x in range(0, W + 8, 8)]
    d.polygon(points + [(W, H), (0, H)], fill=colour)


def mountains(d):
    sky(d, (255, 180, 120), (255, 235, 200))
    d.ellipse((820, 200, 1000, 380), fill=(255, 240, 170))
    for i, c in enumerate([(150, 130, 170), (110, 105, 150), (70, 80, 120), (40, 60, 80)]):
        hills(d, 480 + i * 110, 90 - i * 12, 190 - i * 25, i * 2, c)
    for x in range(60, W, 130):
        y = 850 + (x * 7) % 60
        d.polygon([(x, y - 150), (x - 45, y), (x + 45, y)], fill=(25, 50, 50))


def sea(d):
    sky(d, (90, 170, 240), (220, 240, 255), 560)
    d.ellipse((180, 100, 320, 240), fill=(255, 250, 220))
    for y in range(560, H):
        k = (y - 560) / (H - 560)
        d.line([(0, y), (W, y)], fill=(int(30 + 20 * k), int(120 - 60 * k), int(170 - 60 * k)))
    d.polygon([(560, 640), (860, 640), (800, 720), (620, 720)], fill=(150, 70, 50))
    d.line([(700, 640), (700, 300)], fill=(90, 60, 40), width=10)
    d.polygon([(710, 310), (710, 620), (860, 620)], fill=(250, 245, 235))
    d.polygon([(690, 360), (690, 620), (580, 620)], fill=(240, 225, 210))
    for x, y in [(300, 330), (380, 300), (980, 260)]:
        d.arc((x, y, x + 50, y + 30), 180, 360, fill=(60, 60, 70), width=5)
        d.arc((x + 50, y, x + 100, y + 30), 180, 360, fill=(60, 60, 70), width=5)


def city(d):
    sky(d, (15, 15, 45), (70, 40, 90))
    d.ellipse((960, 90, 1080, 210), fill=(245, 240, 210))
    dice = random.Random(4)
    for x in range(0, W, 105):
        h = dice.randint(250, 640)
        d.rectangle((x, H - h, x + 100, H), fill=(28, 26, 48))
        for wy in range(H - h + 25, H - 30, 55):
            for wx in range(x + 15, x + 85, 28):
                if dice.random() < 0.5:
                    d.rectangle((wx, wy, wx + 14, wy + 24), fill=(250, 205, 110))


def breakfast(d):
    d.rectangle((0, 0, W, H), fill=(196, 150, 105))
    for x in range(0, W, 160):
        d.line([(x, 0), (x, H)], fill=(180, 132, 90), width=6)
    d.ellipse((180, 180, 780, 780), fill=(250, 248, 244))
    d.ellipse((240, 240, 720, 720), fill=(238, 234, 228))
    for dx in (0, 190):
        d.ellipse((290 + dx, 340, 480 + dx, 530), fill=(255, 255, 255))
        d.ellipse((345 + dx, 395, 425 + dx, 475), fill=(255, 190, 40))
    d.arc((300, 500, 660, 700), 10, 170, fill=(170, 60, 40), width=36)
    d.ellipse((860, 260, 1180, 580), fill=(250, 250, 250))
    d.ellipse((895, 295, 1145, 545), fill=(80, 45, 25))
    d.arc((1130, 340, 1250, 500), 270, 90, fill=(250, 250, 250), width=26)


def garden(d):
    sky(d, (140, 205, 245), (235, 248, 255), 620)
    hills(d, 520, 30, 210, 1, (120, 180, 90))
    hills(d, 620, 24, 160, 3, (95, 155, 75))
    d.rectangle((860, 330, 1120, 560), fill=(240, 225, 200))
    d.polygon([(830, 340), (990, 200), (1150, 340)], fill=(170, 70, 55))
    d.rectangle((960, 440, 1020, 560), fill=(110, 75, 50))
    dice = random.Random(9)
    for _ in range(46):
        x, y = dice.randint(20, W - 20), dice.randint(660, H - 40)
        c = dice.choice([(230, 70, 90), (250, 200, 60), (200, 110, 220), (250, 250, 250)])
        d.line([(x, y), (x, y + 45)], fill=(50, 110, 50), width=5)
        for a in range(5):
            px, py = x + 15 * math.cos(a * 1.257), y + 15 * math.sin(a * 1.257)
            d.ellipse((px - 11, py - 11, px + 11, py + 11), fill=c)
        d.ellipse((x - 8, y - 8, x + 8, y + 8), fill=(250, 220, 90))


def portrait(background, skin, hair, shirt, beard):
    image = Image.new("RGB", (640, 640), background)
    d = ImageDraw.Draw(image)
    d.ellipse((110, 460, 530, 900), fill=shirt)
    d.rectangle((270, 400, 370, 500), fill=skin)
    d.ellipse((190, 120, 450, 450), fill=hair)
    d.ellipse((215, 170, 425, 450), fill=skin)
    if beard:
        d.chord((215, 250, 425, 470), 20, 160, fill=hair)
    for x in (270, 350):
        d.ellipse((x, 285, x + 24, 312), fill=(40, 35, 40))
    d.arc((275, 330, 365, 400), 20, 160, fill=(150, 60, 60), width=8)
    return image


def jpeg(image, box, quality, name):
    copy = image.copy()
    copy.thumbnail((box, box), Image.LANCZOS)
    copy.save(name, "JPEG", quality=quality, optimize=True)


def stripped(image, name):
    """The scan of a tiny JPEG whose tables are the standard ones at quality 20, behind
    a version byte, height and width: what `photoStrippedSize` carries."""
    copy = image.copy()
    copy.thumbnail((40, 40), Image.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=20, subsampling=2, optimize=False)
    data = out.getvalue()
    sos = data.index(b"\xff\xda")
    head = sos + 2 + int.from_bytes(data[sos + 2:sos + 4], "big")
    assert data.endswith(b"\xff\xd9") and max(copy.size) <= 40
    with open(name, "wb") as f:
        f.write(bytes([1, copy.height, copy.width]) + data[head:-2])


def sticker(name, face, brow):
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    d = ImageDraw.Draw(image)
    d.polygon([(110, 180), (130, 40), (230, 120)], fill=face)
    d.polygon([(400, 180), (380, 40), (280, 120)], fill=face)
    d.ellipse((80, 90, 432, 460), fill=face)
    for x in (170, 290):
        d.ellipse((x, 210, x + 52, 280), fill=(255, 255, 255))
        d.ellipse((x + 14, 224, x + 40, 268), fill=(30, 30, 40))
    d.polygon([(240, 300), (272, 300), (256, 322)], fill=(240, 120, 140))
    d.arc((206, 300, 256, 360), 0, 180, fill=brow, width=8)
    d.arc((256, 300, 306, 360), 0, 180, fill=brow, width=8)
    for y in (310, 335):
        d.line([(40, y - 10), (170, y)], fill=brow, width=4)
        d.line([(472, y - 10), (342, y)], fill=brow, width=4)
    image.save(name + ".webp", "WEBP", quality=50, alpha_quality=50, method=6)
    image.resize((128, 128), Image.LANCZOS).save(name + "_thumb.webp", "WEBP", quality=50, method=6)


def lottie(name):
    """An animated sticker: a ball that breathes, 60 frames a second as clients expect."""
    def key(t, s):
        return {"t": t, "s": s, "i": {"x": [0.6], "y": [1]}, "o": {"x": [0.4], "y": [0]}}
    shape = {"ty": "gr", "it": [
        {"ty": "el", "p": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [300, 300]}},
        {"ty": "fl", "c": {"a": 0, "k": [1, 0.72, 0.2, 1]}, "o": {"a": 0, "k": 100}, "r": 1},
        {"ty": "tr", "p": {"a": 0, "k": [0, 0]}, "a": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [100, 100]}, "r": {"a": 0, "k": 0}, "o": {"a": 0, "k": 100}},
    ]}
    layer = {"ty": 4, "ip": 0, "op": 120, "st": 0, "sr": 1, "bm": 0, "ddd": 0, "ind": 1, "shapes": [shape], "ks": {
        "o": {"a": 0, "k": 100}, "r": {"a": 0, "k": 0}, "p": {"a": 0, "k": [256, 256, 0]}, "a": {"a": 0, "k": [0, 0, 0]},
        "s": {"a": 1, "k": [key(0, [80, 80, 100]), key(60, [110, 110, 100]), key(120, [80, 80, 100])]}}}
    body = {"tgs": 1, "v": "5.5.2", "fr": 60, "ip": 0, "op": 120, "w": 512, "h": 512, "nm": "breath", "ddd": 0, "assets": [], "layers": [layer]}
    with open(name, "wb") as f:
        f.write(gzip.compress(json.dumps(body, separators=(",", ":")).encode(), 9, mtime=0))


def pdf(name):
    text = b"BT /F1 28 Tf 72 720 Td (Minutes of the meeting) Tj 0 -48 Td /F1 14 Tf (Everybody came. Nobody was late. There was cake.) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for i, o in enumerate(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i + 1, o)
    xref = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % xref
    open(name, "wb").write(out)


for index, scene in enumerate([mountains, sea, city, breakfast, garden]):
    image = Image.new("RGB", (W, H))
    scene(ImageDraw.Draw(image))
    jpeg(image, 320, 45, f"photo{index}_m.jpg")
    jpeg(image, 800, 30, f"photo{index}_x.jpg")
    jpeg(image, 1280, 25, f"photo{index}_y.jpg")
    stripped(image, f"photo{index}.stripped")

faces = [
    portrait((120, 190, 210), (240, 205, 180), (90, 55, 35), (200, 80, 80), False),
    portrait((230, 190, 120), (150, 100, 70), (25, 20, 20), (60, 110, 90), True),
    portrait((190, 160, 215), (225, 180, 145), (30, 25, 30), (240, 240, 245), False),
    portrait((150, 205, 150), (250, 220, 200), (205, 170, 90), (60, 80, 140), True),
]
for index, image in enumerate(faces):
    jpeg(image, 160, 50, f"face{index}_a.jpg")
    jpeg(image, 640, 40, f"face{index}_c.jpg")
    stripped(image, f"face{index}.stripped")

sticker("cat0", (245, 170, 80, 255), (90, 55, 30, 255))
sticker("cat1", (150, 155, 170, 255), (50, 50, 60, 255))
lottie("sticker.tgs")
pdf("page.pdf")
